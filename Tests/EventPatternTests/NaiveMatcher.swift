import Core

@testable import EventPattern

/// The language as it is defined, one pattern and one event at a time, by trying all values of all fields.
struct NaiveMatcher {
    private struct Value {
        let leaf: LeafValue
        /// For each array around it, which element it lies in.
        let membership: [Int: Int]
    }

    private var values: [[UInt8]: [Value]] = [:]
    private var arrays = 0

    init(_ event: JSON) { collect(event, path: [], membership: [:], element: nil) }

    private mutating func collect(
        _ value: JSON, path: [UInt8], membership: [Int: Int], element: (array: Int, index: Int)?
    ) {
        var inside = membership
        if let element { inside[element.array] = element.index }
        switch value {
        case .object(let members):
            for member in members.members {
                let name = Array(member.key.utf8)
                let inner = path.isEmpty ? name : path + [UInt8(ascii: ".")] + name
                collect(member.value, path: inner, membership: inside, element: nil)
            }
        case .array(let elements):
            let array = arrays
            arrays += 1
            for (index, value) in elements.enumerated() {
                collect(value, path: path, membership: inside, element: (array, index))
            }
        case .string(let text): add(.string(Array(text.utf8)), path, membership)
        case .number(let number): add(.number(Array(number.text.utf8)), path, membership)
        case .bool, .null: add(.literal(value.serialized), path, membership)
        }
    }

    private mutating func add(_ leaf: LeafValue, _ path: [UInt8], _ membership: [Int: Int]) {
        values[path, default: []].append(Value(leaf: leaf, membership: membership))
    }

    /// Whether any branch of the pattern holds.
    func matches(_ pattern: EventPattern) -> Bool {
        pattern.branches.contains { holds($0.fields[...], [:]) }
    }

    private func holds(_ fields: ArraySlice<FieldPattern>, _ chosen: [Int: Int]) -> Bool {
        guard let field = fields.first else { return true }
        let consistent = (values[field.path] ?? []).filter { value in
            value.membership.allSatisfy { chosen[$0.key] == nil || chosen[$0.key] == $0.value }
        }
        if field.matchers.contains(.absent), consistent.isEmpty, holds(fields.dropFirst(), chosen) { return true }
        return consistent.contains { value in
            field.matchers.contains { $0.matches(value.leaf) }
                && holds(fields.dropFirst(), chosen.merging(value.membership) { $1 })
        }
    }
}
