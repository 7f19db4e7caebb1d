import Core
import Glibc

/// Which messages a search wants: CloudWatch Logs' filter patterns, except the space-delimited and regular ones.
///
/// Source: Amazon CloudWatch Logs user guide, "Filter pattern syntax".
package enum FilterPattern: Sendable {
    case all
    /// Every required term, none of the excluded and, where none is required, one of the optional.
    case terms(required: [[UInt8]], optional: [[UInt8]], excluded: [[UInt8]])
    /// A condition on messages that are JSON objects.
    case json(FilterCondition)

    /// Whether a message is wanted.
    package func matches(_ message: [UInt8]) -> Bool {
        switch self {
        case .all:
            return true
        case .terms(let required, let optional, let excluded):
            if excluded.contains(where: { message.holds($0) }) { return false }
            if !required.isEmpty { return required.allSatisfy { message.holds($0) } }
            return optional.isEmpty || optional.contains { message.holds($0) }
        case .json(let condition):
            // What is not JSON matches no condition.
            guard message.first(where: { $0 > 0x20 }) == UInt8(ascii: "{"), let json = try? JSON(parsing: message)
            else { return false }
            return condition.holds(for: json)
        }
    }
}

/// A condition on a JSON message.
package indirect enum FilterCondition: Sendable {
    package enum Comparison: Sendable {
        case equal, notEqual, less, lessOrEqual, greater, greaterOrEqual
    }

    case and(FilterCondition, FilterCondition)
    case or(FilterCondition, FilterCondition)
    case number(FilterSelector, Comparison, Double)
    /// Text with `*` for anything.
    case text(FilterSelector, isEqual: Bool, FilterWildcard)
    case isNull(FilterSelector)
    case isBool(FilterSelector, Bool)
    case notExists(FilterSelector)

    func holds(for json: JSON) -> Bool {
        switch self {
        case .and(let left, let right): return left.holds(for: json) && right.holds(for: json)
        case .or(let left, let right): return left.holds(for: json) || right.holds(for: json)
        case .number(let selector, let comparison, let number):
            guard let value = selector.value(in: json)?.double else { return false }
            return comparison.holds(value, number)
        case .text(let selector, let isEqual, let wildcard):
            guard let text = selector.value(in: json)?.scalarText else { return false }
            return wildcard.matches(text) == isEqual
        case .isNull(let selector): return selector.value(in: json)?.isNull == true
        case .isBool(let selector, let flag): return selector.value(in: json)?.bool == flag
        case .notExists(let selector): return selector.value(in: json) == nil
        }
    }
}

extension FilterCondition.Comparison {
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

/// The way to a value: `$.a.b[0]`.
package struct FilterSelector: Sendable {
    enum Step: Sendable {
        case member(String)
        case element(Int)
    }

    let steps: [Step]

    func value(in json: JSON) -> JSON? {
        var value = json
        for step in steps {
            switch step {
            case .member(let name):
                guard let member = value[name] else { return nil }
                value = member
            case .element(let index):
                guard let elements = value.array, index < elements.count else { return nil }
                value = elements[index]
            }
        }
        return value
    }
}

/// Text in which `*` stands for anything.
package struct FilterWildcard: Sendable {
    private let parts: [[UInt8]]

    init(_ text: String) {
        parts = text.utf8.split(separator: UInt8(ascii: "*"), omittingEmptySubsequences: false).map(Array.init)
    }

    func matches(_ text: String) -> Bool {
        var rest = Array(text.utf8)[...]
        for (index, part) in parts.enumerated() {
            if index > 0, index == parts.count - 1 { return rest.ends(with: part) }
            if index == 0 {
                guard rest.starts(with: part) else { return false }
                rest = rest.dropFirst(part.count)
            } else {
                guard let found = Array(rest).firstOffset(of: part) else { return false }
                rest = rest.dropFirst(found + part.count)
            }
        }
        return rest.isEmpty
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

extension ArraySlice<UInt8> {
    fileprivate func ends(with part: [UInt8]) -> Bool { count >= part.count && suffix(part.count) == part[...] }
}

extension [UInt8] {
    fileprivate func holds(_ term: [UInt8]) -> Bool { firstOffset(of: term) != nil }

    fileprivate func firstOffset(of term: [UInt8]) -> Int? {
        guard let initial = term.first else { return 0 }
        // SAFETY: both arrays live during the closures, and no pointer is moved beyond their lengths.
        return unsafe withUnsafeBytes { whole in
            unsafe term.withUnsafeBytes { part -> Int? in
                guard let start = whole.baseAddress, let wanted = part.baseAddress else { return nil }
                var offset = 0
                while offset + part.count <= whole.count {
                    let room = whole.count - part.count - offset + 1
                    guard let hit = unsafe memchr(start + offset, Int32(initial), room) else { return nil }
                    offset = unsafe start.distance(to: UnsafeRawPointer(hit))
                    if unsafe memcmp(start + offset, wanted, part.count) == 0 { return offset }
                    offset += 1
                }
                return nil
            }
        }
    }
}
