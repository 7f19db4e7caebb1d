import Core

extension Condition {
    /// The condition as a person would say it: `$.total > 100 and not ($.paid is null)`.
    package var words: String { words(isPart: false) }

    private func words(isPart: Bool) -> String {
        switch self {
        case .and(let parts): Self.join(parts, " and ", isPart)
        case .or(let parts): Self.join(parts, " or ", isPart)
        case .not(let part): "not (\(part.words(isPart: false)))"
        case .comparison(let variable, let comparison): "\(variable.text) \(comparison.words)"
        case .expression(let snippet): snippet.text
        case .fixed(let flag): flag ? "always" : "never"
        }
    }

    private static func join(_ parts: [Condition], _ word: String, _ isPart: Bool) -> String {
        let words = parts.map { $0.words(isPart: parts.count > 1) }.joined(separator: word)
        return isPart && parts.count > 1 ? "(\(words))" : words
    }
}

extension Comparison {
    /// What is said of the variable: `> 100`, `is a string`.
    fileprivate var words: String {
        switch self {
        case .string(let order, let operand): "\(order.sign) \(Self.words(operand) { "\"\($0)\"" })"
        case .numeric(let order, let operand): "\(order.sign) \(Self.words(operand, Self.number))"
        case .timestamp(let order, let operand): "\(order.sign) \(Self.words(operand) { $0.instant.iso8601 })"
        case .boolean(let operand): "is \(Self.words(operand) { "\($0)" })"
        case .matches(let pieces): "matches \"\(pieces.joined(separator: "*"))\""
        case .isNull(let expected): expected ? "is null" : "is not null"
        case .isPresent(let expected): expected ? "is present" : "is absent"
        case .isNumeric(let expected): expected ? "is a number" : "is no number"
        case .isString(let expected): expected ? "is a string" : "is no string"
        case .isBoolean(let expected): expected ? "is a boolean" : "is no boolean"
        case .isTimestamp(let expected): expected ? "is a time" : "is no time"
        }
    }

    private static func words<Value>(_ operand: Operand<Value>, _ words: (Value) -> String) -> String {
        switch operand {
        case .fixed(let value): words(value)
        case .path(let path): path.text
        }
    }

    /// A number without a fraction that says nothing.
    private static func number(_ value: Double) -> String {
        Int64(exactly: value).map { "\($0)" } ?? "\(value)"
    }
}

extension Comparison.Order {
    /// The order's sign.
    fileprivate var sign: String {
        switch self {
        case .equals: "="
        case .lessThan: "<"
        case .greaterThan: ">"
        case .lessThanEquals: "<="
        case .greaterThanEquals: ">="
        }
    }
}
