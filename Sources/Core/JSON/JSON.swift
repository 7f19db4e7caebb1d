/// A JSON value as RFC 8259 has it: object members keep their order, numbers their text.
package enum JSON: Hashable, Sendable {
    case null
    case bool(Bool)
    case number(JSONNumber)
    case string(String)
    case array([JSON])
    case object(JSONObject)

    /// The text of a string; `nil` for every other kind.
    package var string: String? {
        if case .string(let text) = self { text } else { nil }
    }

    /// The whole number, if it is one that fits; `1.0` and `1e2` are whole too.
    package var integer: Int64? {
        if case .number(let number) = self { number.integer } else { nil }
    }

    /// The number, however large.
    package var double: Double? {
        if case .number(let number) = self { number.double } else { nil }
    }

    /// The truth value; `nil` for every other kind.
    package var bool: Bool? {
        if case .bool(let flag) = self { flag } else { nil }
    }

    /// The elements of an array; `nil` for every other kind.
    package var array: [JSON]? {
        if case .array(let elements) = self { elements } else { nil }
    }

    /// The members of an object; `nil` for every other kind.
    package var object: JSONObject? {
        if case .object(let members) = self { members } else { nil }
    }

    /// Whether this is `null`.
    package var isNull: Bool { self == .null }

    /// The member of an object, or `nil` where there is none or this is no object.
    package subscript(_ key: String) -> JSON? { object?[key] }
}

extension JSON: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral,
    ExpressibleByNilLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
    package init(stringLiteral value: String) { self = .string(value) }
    package init(integerLiteral value: Int64) { self = .number(JSONNumber(value)) }
    package init(booleanLiteral value: Bool) { self = .bool(value) }
    package init(nilLiteral: ()) { self = .null }
    package init(arrayLiteral elements: JSON...) { self = .array(elements) }
    package init(dictionaryLiteral elements: (String, JSON)...) { self = .object(JSONObject(elements)) }
}
