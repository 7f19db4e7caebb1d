/// One segment of a path: which children, or which descendants, it takes of every node before it.
struct PathSegment: Hashable, Sendable {
    let selectors: [PathSelector]
    let takesDescendants: Bool

    /// The step, if the segment leads to at most one child.
    var step: PathStep? {
        guard !takesDescendants, selectors.count == 1 else { return nil }
        switch selectors[0] {
        case .name(let name): return .name(name)
        case .index(let index): return .index(index)
        case .wildcard, .slice, .filter: return nil
        }
    }
}
