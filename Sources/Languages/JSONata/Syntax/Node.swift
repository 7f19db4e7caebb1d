/// One part of a compiled expression.
final class Node: Sendable {
    let kind: NodeKind
    let position: Int
    /// `[...]` behind what is no step of a path.
    let predicates: [Int]
    /// `[...]` and `#$i` behind a step of a path.
    let stages: [Stage]
    let group: Group?
    /// Whether `[]` stands behind it.
    let keepsArray: Bool
    /// A path of which a step keeps its array.
    let keepsSingleton: Bool
    /// What `@$name` names.
    let focus: String?
    /// What `#$name` names.
    let index: String?
    /// The name under which steps behind this one find its input, as `%`.
    let ancestor: String?
    /// Gives rows of bindings instead of values.
    let isTuple: Bool
    /// An array that a path takes as it is.
    let isConstructed: Bool
    /// A call that is the last thing a function does.
    let isTail: Bool

    /// What stands behind a step.
    enum Stage: Hashable, Sendable {
        case filter(Int)
        case index(String)
    }

    /// `{key: value, ...}` behind an expression.
    struct Group: Hashable, Sendable {
        let pairs: [Pair]
        let position: Int
    }

    /// The expressions of a key and its value.
    struct Pair: Hashable, Sendable {
        let key: Int
        let value: Int
    }

    /// Takes over what the parser gathered; `labels` are the names of parents.
    init(_ draft: NodeDraft, labels: [String]) {
        switch draft.kind {
        case .parent(let slot): kind = .variable(labels[slot])
        case .path: kind = .path(draft.steps)
        default: kind = draft.kind
        }
        position = draft.position
        predicates = draft.predicates
        stages = draft.stages
        group = draft.group
        keepsArray = draft.keepsArray
        keepsSingleton = draft.keepsSingleton
        focus = draft.focus
        index = draft.index
        ancestor = draft.ancestor.map { labels[$0] }
        isTuple = draft.isTuple
        isConstructed = draft.isConstructed
        isTail = draft.isTail
    }

    /// Whether it is a path, which groups by itself.
    var isPath: Bool {
        if case .path = kind { true } else { false }
    }

    /// Whether something is to be done with what it gives.
    var isDecorated: Bool { keepsArray || group != nil && !isPath || !predicates.isEmpty }
}
