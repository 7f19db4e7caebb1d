/// A compiled expression: its parts, which refer to each other by number.
///
/// A flat table, so that neither the evaluation nor the end of a deep expression recurses.
final class Program: Sendable {
    let nodes: [Node]
    let root: Int

    init(nodes: [Node], root: Int) {
        self.nodes = nodes
        self.root = root
    }
}
