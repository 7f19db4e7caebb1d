/// Why an event matches a pattern, or why it does not.
package struct EventExplanation: Hashable, Sendable {
    /// What stands against each alternative of the pattern, that with the least first; empty if one of them matches.
    package let misses: [BranchMiss]

    /// Whether the event matches.
    package var matches: Bool { misses.isEmpty }

    /// How many alternatives are told of.
    package static let maximumBranches = 20

    /// Compares a pattern with an event.
    package init(of pattern: EventPattern, on event: [UInt8]) throws(EventError) {
        var tree = FieldTree()
        for field in pattern.branches.lazy.flatMap(\.fields) { _ = tree.add(field.path) }
        var reader = EventReader()
        let bytes = try reader.read(event, tree)
        var misses: [BranchMiss] = []
        for branch in pattern.branches {
            let miss = try BranchMiss(branch, reader.values, tree, bytes.span)
            guard let miss else {
                self.misses = []
                return
            }
            misses.append(miss)
        }
        self.misses = Array(misses.sorted { $0.fields.count < $1.fields.count }.prefix(Self.maximumBranches))
    }
}

extension EventExplanation: CustomStringConvertible {
    /// One line for each field that does not match.
    package var description: String {
        guard !matches else { return "The event matches the pattern." }
        let fields = misses.map { $0.fields.map(\.description).joined(separator: "\n") }
        return fields.joined(separator: "\nand, for another alternative of $or:\n")
    }
}

/// What stands against one alternative of a pattern.
package struct BranchMiss: Hashable, Sendable {
    package let fields: [FieldMiss]

    /// `nil` where the branch holds.
    init?(
        _ branch: PatternBranch, _ values: EventValues, _ tree: FieldTree, _ source: Span<UInt8>
    ) throws(EventError) {
        var fields: [FieldMiss] = []
        for field in branch.fields {
            if let miss = FieldMiss(field, values, tree, source) { fields.append(miss) }
        }
        if fields.isEmpty {
            var work = 0
            guard try !ArrayConsistency(values, tree).allows(branch, source, &work) else { return nil }
            // Each field matches by itself.
            fields = branch.fields.compactMap { FieldMiss(elementsOf: $0, values, tree, source) }
        }
        self.fields = fields
    }
}
