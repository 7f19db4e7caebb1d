import Core

extension Condition {
    /// Whether the condition holds for a request, as a part of a statement of this effect.
    ///
    /// Where it cannot be told — a variable has no value, the value is not of the operator's kind, or a key that has one
    /// value has several — an allowing statement does not apply and a denying one does.
    func holds(effect: Effect, _ lookUp: (ContextKey) -> ContextValue?) -> Bool {
        let value = lookUp(key).flatMap { $0.isAbsent ? nil : $0 }
        if case .absence(let wanted) = values { return wanted.contains(value == nil) }
        guard let value else { return holdsWithoutValue(effect) }
        switch comparison.quantifier {
        case .forAllValues where value.isEmptySet: return true
        case .forAnyValue where value.isEmptySet: return false
        case .forAllValues: return all(value, effect, lookUp)
        case .forAnyValue: return any(value, effect, lookUp)
        case .one: return effect == .allow ? all(value, effect, lookUp) : any(value, effect, lookUp)
        }
    }

    /// A key without a value: nothing matches, so that a negated operator holds.
    private func holdsWithoutValue(_ effect: Effect) -> Bool {
        switch comparison.quantifier {
        case .forAllValues: true
        // AWS's pages disagree on `ForAnyValue:…IfExists`; either answer must not open anything.
        case .forAnyValue: comparison.ifExists && effect == .deny
        case .one: comparison.ifExists || comparison.isNegated
        }
    }

    private func all(_ value: ContextValue, _ effect: Effect, _ lookUp: (ContextKey) -> ContextValue?) -> Bool {
        guard case .texts(let texts) = value else { return satisfies(value, effect, lookUp) }
        return texts.allSatisfy { satisfies(.text($0), effect, lookUp) }
    }

    private func any(_ value: ContextValue, _ effect: Effect, _ lookUp: (ContextKey) -> ContextValue?) -> Bool {
        guard case .texts(let texts) = value else { return satisfies(value, effect, lookUp) }
        return texts.contains { satisfies(.text($0), effect, lookUp) }
    }

    /// Whether one value of the request satisfies the operator with any of its values, or, if negated, with all.
    private func satisfies(
        _ value: ContextValue, _ effect: Effect, _ lookUp: (ContextKey) -> ContextValue?
    ) -> Bool {
        switch match(value, lookUp) {
        case .yes: !comparison.isNegated
        case .no: comparison.isNegated
        case .unknown: comparison.isNegated && effect == .deny
        }
    }

    private func match(_ value: ContextValue, _ lookUp: (ContextKey) -> ContextValue?) -> Match {
        switch (values, comparison.kind) {
        case (.texts(let patterns), _):
            guard let text = value.single else { return .unknown }
            return Self.match(patterns, text, lookUp)
        case (.numbers(let numbers), .numeric(let order)):
            guard let number = value.decimal else { return .unknown }
            return Match(numbers.contains { order.holds(number, $0) })
        case (.instants(let instants), .date(let order)):
            guard let instant = value.date else { return .unknown }
            return Match(instants.contains { order.holds(instant, $0) })
        case (.ranges(let ranges), _):
            guard case .text(let text) = value, let address = AddressRange(text) else { return .unknown }
            return Match(ranges.contains { $0.contains(address) })
        case (.binaries(let binaries), _):
            guard let bytes = value.binary else { return .unknown }
            return Match(binaries.contains(bytes))
        default: return .unknown
        }
    }

    private static func match(
        _ patterns: [TextPattern], _ text: String, _ lookUp: (ContextKey) -> ContextValue?
    ) -> Match {
        var result = Match.no
        for pattern in patterns {
            switch pattern.match(text.utf8.span, lookUp) {
            case .yes: return .yes
            case .unknown: result = .unknown
            case .no: break
            }
        }
        return result
    }
}

extension ContextValue {
    /// Whether set operators see no value: AWS takes an empty text for none.
    fileprivate var isEmptySet: Bool {
        switch self {
        case .text(let text): text.isEmpty
        case .texts(let texts): texts.allSatisfy(\.isEmpty)
        default: false
        }
    }

    fileprivate var decimal: DecimalNumber? {
        switch self {
        case .number(let number): DecimalNumber(String(number))
        case .text(let text): DecimalNumber(text)
        case .instant(let instant): DecimalNumber("\(instant.milliseconds)e-3")
        case .texts, .flag, .bytes: nil
        }
    }

    fileprivate var date: Instant? {
        switch self {
        case .instant(let instant): instant
        case .text(let text): PolicyDate.instant(text)
        case .number(let seconds) where seconds.magnitude < 1 << 52: Instant(milliseconds: seconds * 1000)
        case .texts, .flag, .bytes, .number: nil
        }
    }

    fileprivate var binary: [UInt8]? {
        switch self {
        case .bytes(let bytes): bytes
        case .text(let text): Base64.decode(text)
        case .texts, .flag, .number, .instant: nil
        }
    }
}
