/// A walk through a graph, depth first: which edges lead back, and which layer each state belongs to.
struct GraphWalk {
    /// The nodes in an order in which every edge that does not lead back goes forward.
    private(set) var order: [Int] = []
    /// When the walk came by each node first.
    private(set) var rank: [Int]
    /// The longest way to each node, by edges that do not lead back.
    private(set) var layers: [Int]
    private var place: [Int]
    private let start: Int

    init(_ graph: Graph) {
        let count = graph.nodes.count
        start = graph.start
        rank = Array(repeating: -1, count: count)
        layers = Array(repeating: 0, count: count)
        place = Array(repeating: 0, count: count)
        // Definitions reach all their states; whoever makes a graph by hand may not.
        var found = 0
        for root in [graph.start] + graph.nodes.indices where rank[root] < 0 { walk(graph, from: root, &found) }
        order.reverse()
        for (position, node) in order.enumerated() { place[node] = position }
        for node in order {
            for exit in graph.nodes[node].exits where !isBack(node, exit.target) {
                layers[exit.target] = max(layers[exit.target], layers[node] + 1)
            }
        }
    }

    /// Whether an edge leads back, or to the state itself.
    ///
    /// Where the end of an edge was left before its beginning, it does not close a cycle. Nothing goes before the start.
    func isBack(_ source: Int, _ target: Int) -> Bool { target == start || place[target] <= place[source] }

    /// Without recursion: machines may have thousands of states in a row.
    private mutating func walk(_ graph: Graph, from root: Int, _ found: inout Int) {
        var path: [(node: Int, next: Int)] = [(root, 0)]
        rank[root] = found
        found += 1
        while let (node, next) = path.last {
            guard next < graph.nodes[node].exits.count else {
                order.append(node)
                path.removeLast()
                continue
            }
            path[path.count - 1].next += 1
            let target = graph.nodes[node].exits[next].target
            guard rank[target] < 0 else { continue }
            rank[target] = found
            found += 1
            path.append((target, 0))
        }
    }
}
