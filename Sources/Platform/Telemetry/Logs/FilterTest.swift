import Core

/// What a pattern asks of one value: of a JSON message, or of one field of a message.
package enum FilterTest: Sendable {
    package enum Comparison: Sendable {
        case equal, notEqual, less, lessOrEqual, greater, greaterOrEqual

        fileprivate func holds(_ left: Double, _ right: Double) -> Bool {
            switch self {
            case .equal: left == right
            case .notEqual: left != right
            case .less: left < right
            case .lessOrEqual: left <= right
            case .greater: left > right
            case .greaterOrEqual: left >= right
            }
        }
    }

    case number(Comparison, Double)
    /// Text with `*` for anything.
    case text(isEqual: Bool, FilterWildcard)
    case expression(isEqual: Bool, FilterExpression)

    /// JSON tells numbers from text, so that nothing but a number is compared with one.
    func holds(for value: JSON) -> Bool {
        switch self {
        case .number(let comparison, let number): value.double.map { comparison.holds($0, number) } ?? false
        case .text, .expression: value.scalarText.map { holds(for: Array($0.utf8)[...]) } ?? false
        }
    }

    /// A field that is no number differs from every number, and is neither smaller nor greater.
    func holds(for field: ArraySlice<UInt8>) -> Bool {
        switch self {
        case .number(let comparison, let number):
            Self.number(field).map { comparison.holds($0, number) } ?? (comparison == .notEqual)
        case .text(let isEqual, let wildcard): wildcard.matches(field) == isEqual
        case .expression(let isEqual, let expression): expression.isFound(in: field) == isEqual
        }
    }

    /// A decimal number; words such as `nan` and `inf` are none.
    static func number(_ text: ArraySlice<UInt8>) -> Double? {
        guard let first = text.first, (0x2B...0x39).contains(first),
            text.allSatisfy({ "0123456789+-.eE".utf8.contains($0) })
        else { return nil }
        return Double(String(decoding: text, as: UTF8.self))
    }
}

/// Text in which `*` stands for anything.
package struct FilterWildcard: Sendable {
    private let first: [UInt8]
    private let middle: [[UInt8]]
    /// What comes behind the last `*`; `nil` where there is none.
    private let last: [UInt8]?

    init(_ text: [UInt8]) {
        let parts = text.split(separator: UInt8(ascii: "*"), omittingEmptySubsequences: false).map(Array.init)
        first = parts[0]
        middle = parts.dropFirst().dropLast().filter { !$0.isEmpty }
        last = parts.count > 1 ? parts[parts.count - 1] : nil
    }

    func matches(_ text: ArraySlice<UInt8>) -> Bool {
        guard text.starts(with: first) else { return false }
        var rest = text.dropFirst(first.count)
        guard let last else { return rest.isEmpty }
        for part in middle {
            guard let found = rest.firstOffset(of: part) else { return false }
            rest = rest.dropFirst(found + part.count)
        }
        return rest.count >= last.count && rest.suffix(last.count) == last[...]
    }
}

extension JSON {
    /// The text of a text, number or truth value.
    fileprivate var scalarText: String? {
        switch self {
        case .string(let text): text
        case .number, .bool: self.text
        default: nil
        }
    }
}
