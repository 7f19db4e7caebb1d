import Core

extension Condition {
    /// What the condition asks a request for.
    var slot: Fact.Slot {
        let form: Fact.Form =
            switch values {
            case .texts: .text
            case .numbers: .number
            case .instants: .instant
            case .ranges: .address
            case .binaries: .binary
            case .absence: .presence
            }
        return Fact.Slot(key: key, form: form)
    }

    /// Whether the condition holds for what a request has for its slot, as a part of a statement of this effect.
    ///
    /// Where it cannot be told — a variable has no value, the value is not of the operator's kind, or a key that has one
    /// value has several — an allowing statement does not apply and a denying one does.
    func holds(_ fact: Fact, effect: Effect, _ lookUp: (ContextKey) -> ContextValue?) -> Bool {
        if case .absence(let wanted) = values { return wanted.contains(fact.isAbsent) }
        guard !fact.isAbsent else { return holdsWithoutValue(effect) }
        switch comparison.quantifier {
        case .forAllValues where fact.isEmptySet: return true
        case .forAnyValue where fact.isEmptySet: return false
        case .forAllValues: return satisfies(fact, all: true, effect, lookUp)
        case .forAnyValue: return satisfies(fact, all: false, effect, lookUp)
        case .one: return satisfies(fact, all: effect == .allow, effect, lookUp)
        }
    }

    /// A key without a value: nothing matches, so that a negated operator holds.
    func holdsWithoutValue(_ effect: Effect) -> Bool {
        switch comparison.quantifier {
        case .forAllValues: true
        // AWS's pages disagree on `ForAnyValue:…IfExists`; either answer must not open anything.
        case .forAnyValue: comparison.ifExists && effect == .deny
        case .one: comparison.ifExists || comparison.isNegated
        }
    }

    /// Whether all or any values of the request satisfy the operator.
    private func satisfies(
        _ fact: Fact, all: Bool, _ effect: Effect, _ lookUp: (ContextKey) -> ContextValue?
    ) -> Bool {
        let order = order ?? .equal
        return switch (values, fact.values) {
        case (.texts(let patterns), .texts(let texts)):
            each(texts, all, effect) { Self.match(patterns, $0, lookUp) }
        case (.numbers(let limits), .numbers(let numbers)):
            each(numbers, all, effect) { number in Match(limits.contains { order.holds(number, $0) }) }
        case (.instants(let limits), .instants(let instants)):
            each(instants, all, effect) { instant in Match(limits.contains { order.holds(instant, $0) }) }
        case (.ranges(let ranges), .addresses(let addresses)):
            each(addresses, all, effect) { address in Match(ranges.contains { $0.contains(address) }) }
        case (.binaries(let wanted), .binaries(let binaries)):
            each(binaries, all, effect) { Match(wanted.contains($0)) }
        default: preconditionFailure("the fact was read for another slot")
        }
    }

    /// Whether all or any values of the request satisfy the operator, with any of the policy's or, if negated, with all.
    @inline(__always)
    private func each<Value>(_ values: [Value?], _ all: Bool, _ effect: Effect, _ match: (Value) -> Match) -> Bool {
        for value in values {
            let isSatisfied =
                switch value.map(match) ?? .unknown {
                case .yes: !comparison.isNegated
                case .no: comparison.isNegated
                case .unknown: comparison.isNegated && effect == .deny
                }
            if isSatisfied != all { return !all }
        }
        return all
    }

    /// How numbers and dates are compared.
    var order: ConditionOperator.Order? {
        switch comparison.kind {
        case .numeric(let order), .date(let order): order
        case .text, .bool, .binary, .address, .null: nil
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
