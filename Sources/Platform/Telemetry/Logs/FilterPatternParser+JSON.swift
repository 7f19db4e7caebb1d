/// Patterns for JSON messages: `{ $.status = 4* && $.user.id NOT EXISTS }`.
extension FilterPatternParser {
    private static let depthLimit = 20

    /// Reads the whole pattern.
    mutating func object() throws(LogsError) -> FilterCondition {
        position += 1
        let condition = try disjunction(depth: 0)
        guard take("}") else { throw unexpected }
        skipSpace()
        guard peek == nil else { throw unexpected }
        return condition
    }

    private mutating func disjunction(depth: Int) throws(LogsError) -> FilterCondition {
        var condition = try conjunction(depth: depth)
        skipSpace()
        while take("||") {
            condition = .or(condition, try conjunction(depth: depth))
            skipSpace()
        }
        return condition
    }

    private mutating func conjunction(depth: Int) throws(LogsError) -> FilterCondition {
        var condition = try primary(depth: depth)
        skipSpace()
        while take("&&") {
            condition = .and(condition, try primary(depth: depth))
            skipSpace()
        }
        return condition
    }

    private mutating func primary(depth: Int) throws(LogsError) -> FilterCondition {
        guard depth < Self.depthLimit else { throw refusal("The pattern is nested too deeply") }
        skipSpace()
        if take("(") {
            let condition = try disjunction(depth: depth + 1)
            skipSpace()
            guard take(")") else { throw unexpected }
            return condition
        }
        let selector = try selector()
        skipSpace()
        if take("NOT EXISTS") { return .notExists(selector) }
        if take("IS ") {
            skipSpace()
            if take("NULL") { return .isNull(selector) }
            if take("TRUE") { return .isBool(selector, true) }
            if take("FALSE") { return .isBool(selector, false) }
            throw unexpected
        }
        return .value(selector, try test(ends: ")}&|\""))
    }

    private mutating func selector() throws(LogsError) -> FilterSelector {
        guard take("$") else { throw unexpected }
        var steps: [FilterSelector.Step] = []
        while true {
            if take(".") {
                steps.append(.member(try name()))
            } else if take("[") {
                steps.append(try bracketed())
            } else {
                return FilterSelector(steps: steps)
            }
        }
    }

    private mutating func name() throws(LogsError) -> String {
        let start = position
        while let byte = peek, byte > 0x20, !".[]=!<>(){}&|\"".utf8.contains(byte) { position += 1 }
        guard position > start else { throw unexpected }
        return String(decoding: bytes[start..<position], as: UTF8.self)
    }

    private mutating func bracketed() throws(LogsError) -> FilterSelector.Step {
        let start = position
        let step: FilterSelector.Step
        if peek == UInt8(ascii: "\"") {
            step = .member(String(decoding: try quoted(), as: UTF8.self))
        } else {
            let text = try name()
            guard let index = Int(text), index >= 0 else { throw refusal("'\(text)' is not an index", at: start) }
            step = .element(index)
        }
        guard take("]") else { throw unexpected }
        return step
    }
}
