import Core

/// The bounds on what goes into states and out of them.
enum Payload {
    /// Throws where a value is larger or nests deeper than a state may have it.
    static func check(_ value: JSON, _ what: String) throws(StateFailure) {
        guard size(of: value, limit: LanguageLimits.payload) != nil else { throw tooLarge(what) }
    }

    /// How long the text of a value is, in bytes; `nil` where it is longer than `limit` or nests too deep.
    static func size(of value: JSON, limit: Int) -> Int? {
        var left = limit
        return take(value, from: &left, depth: 0) ? limit - left : nil
    }

    /// The failure where something is too large.
    static func tooLarge(_ what: String) -> StateFailure {
        StateFailure(
            ErrorName.dataLimitExceeded,
            "The size of \(what) exceeds the maximum number of bytes (\(LanguageLimits.payload)), or it nests deeper than "
                + "\(LanguageLimits.payloadDepth).")
    }

    private static func take(_ value: JSON, from left: inout Int, depth: Int) -> Bool {
        guard depth <= LanguageLimits.payloadDepth else { return false }
        switch value {
        case .null: left -= 4
        case .bool(let flag): left -= flag ? 4 : 5
        case .number(let number): left -= number.text.utf8.count
        case .string(let text): left -= text.utf8.count + 2
        case .array(let elements):
            left -= max(2, elements.count + 1)
            for element in elements {
                guard left >= 0, take(element, from: &left, depth: depth + 1) else { return false }
            }
        case .object(let members):
            left -= max(2, members.count + 1)
            for member in members.members {
                left -= member.key.utf8.count + 3
                guard left >= 0, take(member.value, from: &left, depth: depth + 1) else { return false }
            }
        }
        return left >= 0
    }
}
