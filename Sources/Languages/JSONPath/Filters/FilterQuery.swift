/// A path inside a filter.
struct FilterQuery: Hashable, Sendable {
    /// Whether it begins at the document (`$`), not at the node in question (`@`).
    let isAbsolute: Bool
    let segments: [PathSegment]

    /// Whether it leads to at most one node.
    var isSingular: Bool { segments.allSatisfy { $0.step != nil } }
}
