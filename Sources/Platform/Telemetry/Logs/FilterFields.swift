/// A pattern for messages that are fields with space between them: `[ip, ..., status = 4*, bytes > 1000]`.
///
/// Without `...` a message has as many fields as the pattern, but that a last one without a condition is all the rest.
package struct FilterFields: Sendable {
    /// A condition on fields, which it names by their places in the pattern.
    indirect enum Condition: Sendable {
        case and(Condition, Condition)
        case or(Condition, Condition)
        case field(Int, FilterTest)
    }

    /// How many fields the pattern names.
    let count: Int
    /// How many of them stand before `...`; `nil` where there is none.
    let gap: Int?
    let takesRest: Bool
    /// All of them must hold.
    let conditions: [Condition]

    /// Whether a message has these fields, and the conditions hold.
    func match(_ message: [UInt8]) -> Bool {
        let values = Self.split(message)
        guard gap == nil && !takesRest ? values.count == count : values.count >= count else { return false }
        return conditions.allSatisfy { holds($0, for: values) }
    }

    private func holds(_ condition: Condition, for values: [ArraySlice<UInt8>]) -> Bool {
        switch condition {
        case .and(let left, let right): return holds(left, for: values) && holds(right, for: values)
        case .or(let left, let right): return holds(left, for: values) || holds(right, for: values)
        case .field(let place, let test):
            let isBehind = gap.map { place >= $0 } ?? false
            return test.holds(for: values[isBehind ? values.count - count + place : place])
        }
    }

    /// Cuts a message at its spaces; what stands between brackets or quotation marks is one field.
    static func split(_ message: [UInt8]) -> [ArraySlice<UInt8>] {
        var splitter = FieldSplitter(message: message)
        var fields: [ArraySlice<UInt8>] = []
        while let field = splitter.next() { fields.append(field) }
        return fields
    }
}

/// Goes through a message once, field by field.
private struct FieldSplitter {
    let message: [UInt8]
    private var position = 0
    /// Ends that were looked for in vain are not looked for again, so that a message costs its length once.
    private var missing: Set<UInt8> = []

    init(message: [UInt8]) { self.message = message }

    mutating func next() -> ArraySlice<UInt8>? {
        while position < message.count, Self.isSpace(message[position]) { position += 1 }
        guard position < message.count else { return nil }
        switch message[position] {
        case UInt8(ascii: "["): return enclosed(by: UInt8(ascii: "]")) ?? word()
        case UInt8(ascii: "\""): return enclosed(by: UInt8(ascii: "\"")) ?? word()
        default: return word()
        }
    }

    private mutating func word() -> ArraySlice<UInt8> {
        let start = position
        while position < message.count, !Self.isSpace(message[position]) { position += 1 }
        return message[start..<position]
    }

    /// What stands between here and an end that space follows; such a quotation mark has no backslash before it.
    private mutating func enclosed(by end: UInt8) -> ArraySlice<UInt8>? {
        guard !missing.contains(end) else { return nil }
        let start = position + 1
        var place = start
        while place < message.count {
            if message[place] == end, place + 1 == message.count || Self.isSpace(message[place + 1]),
                end != UInt8(ascii: "\"") || place == start || message[place - 1] != UInt8(ascii: "\\")
            {
                position = place + 1
                return message[start..<place]
            }
            place += 1
        }
        missing.insert(end)
        return nil
    }

    private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }
}
