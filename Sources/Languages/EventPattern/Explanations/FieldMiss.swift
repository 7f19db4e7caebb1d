import Core

/// Why a field of an event is not what a pattern wants.
package struct FieldMiss: Hashable, Sendable {
    /// What is amiss.
    package enum Reason: Hashable, Sendable {
        case isAbsent
        /// It must be absent, and has a value.
        case isPresent
        case differs
        /// It matches, but not in an element of an array in which the other fields match too.
        case isInOtherElement
    }

    /// The names from the outside in, joined with points.
    package let path: String
    package let reason: Reason
    /// The alternatives of the pattern, as they are written in it.
    package let wanted: String
    /// The values of the event as JSON, up to a bound.
    package let had: [String]

    /// How many values are told, and how long each may be.
    private static let maximumValues = 10
    private static let maximumLength = 200

    /// `nil` where the field matches, whatever the others do.
    init?(_ field: FieldPattern, _ values: EventValues, _ tree: FieldTree, _ source: Span<UInt8>) {
        let leaves = Self.leaves(field, values, tree, source)
        let mayBeAbsent = field.matchers.contains(.absent)
        if leaves.contains(where: { leaf in field.matchers.contains { $0.matches(leaf) } }) { return nil }
        if mayBeAbsent, leaves.isEmpty || values.hasElements(in: tree.field(named: field.path)) { return nil }
        let reason: Reason =
            leaves.isEmpty ? .isAbsent : field.matchers.allSatisfy { $0 == .absent } ? .isPresent : .differs
        self.init(field, reason, leaves)
    }

    /// A field that matches by itself, but not with the others; `nil` where it lies in no array of objects.
    init?(
        elementsOf field: FieldPattern, _ values: EventValues, _ tree: FieldTree, _ source: Span<UInt8>
    ) {
        guard values.hasElements(in: tree.field(named: field.path)) else { return nil }
        let isPresent = field.matchers.allSatisfy { $0 == .absent }
        self.init(field, isPresent ? .isPresent : .isInOtherElement, Self.leaves(field, values, tree, source))
    }

    private init(_ field: FieldPattern, _ reason: Reason, _ leaves: [LeafValue]) {
        path = String(decoding: field.path, as: UTF8.self)
        self.reason = reason
        wanted = String(decoding: field.text, as: UTF8.self)
        had = leaves.prefix(Self.maximumValues).map { leaf in
            let text = leaf.json
            return text.count > Self.maximumLength ? text.prefix(Self.maximumLength) + "…" : text
        }
    }

    private static func leaves(
        _ field: FieldPattern, _ values: EventValues, _ tree: FieldTree, _ source: Span<UInt8>
    ) -> [LeafValue] {
        var leaves: [LeafValue] = []
        var number = values.lastValue(of: tree.field(named: field.path))
        while number >= 0 {
            leaves.append(values.leaf(number, in: source))
            number = values.values[Int(number)].previous
        }
        return leaves.reversed()
    }
}

extension FieldMiss: CustomStringConvertible {
    /// One sentence.
    package var description: String {
        let had = had.joined(separator: ", ")
        return switch reason {
        case .isAbsent: "\(path) is not in the event; the pattern wants \(wanted)"
        case .isPresent: "\(path) must not be in the event, and is \(had)"
        case .differs: "\(path) is \(had); the pattern wants \(wanted)"
        case .isInOtherElement:
            "\(path) is \(had); what the pattern wants, \(wanted), is in another element of an array than the other fields"
        }
    }
}

extension LeafValue {
    /// The value as JSON text.
    fileprivate var json: String {
        switch self {
        case .string(let text): JSON.string(String(decoding: text, as: UTF8.self)).text
        case .number(let text), .literal(let text): String(decoding: text, as: UTF8.self)
        }
    }
}
