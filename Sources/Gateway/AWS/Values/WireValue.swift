/// What an AWS protocol carries, once it is off the wire or before it goes on.
///
/// Inputs arrive with the model's types. Outputs may be looser: the writer turns a whole number into a float, a
/// number into a timestamp and text into a blob where the model asks for it, and leaves out `null` and what the model
/// does not know.
package enum WireValue: Hashable, Sendable {
    case null
    case bool(Bool)
    case integer(Int64)
    case double(Double)
    case string(String)
    case blob([UInt8])
    /// Seconds since 1970-01-01 UTC.
    case timestamp(Double)
    case list([WireValue])
    /// A structure's members or a map's entries.
    case structure(WireFields)
}

extension WireValue {
    /// Whether the member is absent or `null`.
    package var isNull: Bool { self == .null }

    /// The text; `nil` for every other kind.
    package var string: String? {
        if case .string(let text) = self { text } else { nil }
    }

    /// The whole number; `nil` for every other kind.
    package var integer: Int64? {
        if case .integer(let number) = self { number } else { nil }
    }

    /// The whole number as the machine's own integer; `nil` for every other kind.
    package var int: Int? { integer.flatMap { Int(exactly: $0) } }

    /// The number, whole or not; `nil` for every other kind.
    package var double: Double? {
        switch self {
        case .double(let number): number
        case .integer(let number): Double(number)
        default: nil
        }
    }

    /// The truth value; `nil` for every other kind.
    package var bool: Bool? {
        if case .bool(let flag) = self { flag } else { nil }
    }

    /// The bytes; `nil` for every other kind.
    package var blob: [UInt8]? {
        if case .blob(let bytes) = self { bytes } else { nil }
    }

    /// The seconds since 1970; `nil` for every other kind.
    package var timestamp: Double? {
        if case .timestamp(let seconds) = self { seconds } else { nil }
    }

    /// The elements; `nil` for every other kind.
    package var list: [WireValue]? {
        if case .list(let elements) = self { elements } else { nil }
    }

    /// The members of a structure or the entries of a map; `nil` for every other kind.
    package var fields: WireFields? {
        if case .structure(let fields) = self { fields } else { nil }
    }

    /// The texts of a list of strings; `nil` for every other kind.
    package var strings: [String]? { list?.compactMap(\.string) }

    /// A member of a structure or an entry of a map; `nil` where it is absent or `null`.
    package subscript(_ name: String) -> WireValue? {
        get {
            guard let value = fields?[name], !value.isNull else { return nil }
            return value
        }
        set {
            var fields = fields ?? WireFields()
            fields[name] = newValue
            self = .structure(fields)
        }
    }
}

extension WireValue {
    /// Takes text, or `null` where there is none.
    package init(_ text: String?) { self = text.map(WireValue.string) ?? .null }

    /// Takes a number, or `null` where there is none.
    package init(_ number: Int?) { self = number.map { .integer(Int64($0)) } ?? .null }

    /// Takes a number, or `null` where there is none.
    package init(_ number: Int64?) { self = number.map(WireValue.integer) ?? .null }

    /// Takes a truth value, or `null` where there is none.
    package init(_ flag: Bool?) { self = flag.map(WireValue.bool) ?? .null }

    /// Takes texts, or `null` where there are none.
    package init(_ texts: [String]?) { self = texts.map { .list($0.map(WireValue.string)) } ?? .null }
}

extension WireValue: ExpressibleByStringLiteral, ExpressibleByStringInterpolation, ExpressibleByIntegerLiteral,
    ExpressibleByFloatLiteral, ExpressibleByBooleanLiteral, ExpressibleByNilLiteral, ExpressibleByArrayLiteral,
    ExpressibleByDictionaryLiteral
{
    package init(stringLiteral value: String) { self = .string(value) }
    package init(integerLiteral value: Int64) { self = .integer(value) }
    package init(floatLiteral value: Double) { self = .double(value) }
    package init(booleanLiteral value: Bool) { self = .bool(value) }
    package init(nilLiteral: ()) { self = .null }
    package init(arrayLiteral elements: WireValue...) { self = .list(elements) }
    package init(dictionaryLiteral elements: (String, WireValue)...) { self = .structure(WireFields(elements)) }
}
