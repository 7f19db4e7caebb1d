/// What leads where in a state machine: the subject of its pictures.
///
/// Nodes are named by their place in `nodes`; branches and maps hold graphs of their own.
package struct Graph: Sendable {
    /// One state.
    package struct Node: Sendable {
        package let name: String
        package let kind: StateKind
        /// What it does, in a few words: `Task report`.
        package let detail: String
        /// What is tried again, in a few words; empty where nothing is.
        package let retries: String
        package let exits: [Exit]
        /// Whether its flow can end behind it.
        package let isEnd: Bool
        /// The branches of a parallel state, or what a map does with an item.
        package let inner: [Graph]

        /// Takes what is known of a state.
        package init(
            name: String, kind: StateKind, detail: String = "", retries: String = "", exits: [Exit] = [],
            isEnd: Bool = false, inner: [Graph] = []
        ) {
            self.name = name
            self.kind = kind
            self.detail = detail
            self.retries = retries
            self.exits = exits
            self.isEnd = isEnd
            self.inner = inner
        }
    }

    /// A way on from a state.
    package struct Exit: Hashable, Sendable {
        /// The place of the node it leads to.
        package let target: Int
        package let reason: Reason

        /// Takes a place, which must be one of the same graph.
        package init(target: Int, reason: Reason) {
            self.target = target
            self.reason = reason
        }
    }

    /// When a way is taken.
    package enum Reason: Hashable, Sendable {
        case next
        case rule(String)
        case otherwise
        case caught(errors: String)

        /// The words for it; none where there is only one way.
        package var words: String {
            switch self {
            case .next: ""
            case .rule(let condition): condition
            case .otherwise: "otherwise"
            case .caught(let errors): "catch \(errors)"
            }
        }
    }

    package let nodes: [Node]
    package let start: Int

    /// Takes nodes; `start` and all exits must be places among them.
    package init(nodes: [Node], start: Int) {
        precondition(nodes.indices.contains(start), "A graph begins at one of its nodes.")
        for node in nodes {
            precondition(node.exits.allSatisfy { nodes.indices.contains($0.target) }, "An exit leads to a node.")
        }
        self.nodes = nodes
        self.start = start
    }

    /// How many states there are, with those of branches and maps.
    package var count: Int { nodes.reduce(0) { count, node in node.inner.reduce(count + 1) { $0 + $1.count } } }
}
