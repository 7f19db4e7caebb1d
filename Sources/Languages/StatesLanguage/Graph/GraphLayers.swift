/// A graph in layers: every state below those that lead to it, as far as there are no cycles.
///
/// Edges to one target are one line: where they pass a layer, they pass it at one place. What would pass many layers,
/// and what leads back, goes along the side instead. So there are never more places than states times
/// `longestThroughLayers`, whatever the graph is like. The rest is layers after Sugiyama.
struct GraphLayers {
    /// What stands in a layer.
    enum Item: Hashable {
        case node(Int)
        /// A place where the line to a node passes.
        case passing(target: Int)
    }

    /// A line between items of neighbouring layers.
    struct Edge {
        let upper: Int
        let lower: Int
        /// How much it should be straight.
        let weight: Int
    }

    /// How many layers a line goes down before it goes along the side instead.
    static let longestThroughLayers = 6

    /// The nodes are the first items, in their order.
    private(set) var items: [Item]
    /// The items of each layer, in no order that means something.
    private(set) var layers: [[Int]] = []
    private(set) var layerOf: [Int]
    private(set) var edges: [Edge] = []
    /// For each node the items or sides that its exits lead to, each once.
    private(set) var leads: [[Lead]]
    /// The order in which a walk from the start comes by the items.
    private(set) var rank: [Int]

    /// Where a line from an item goes first.
    enum Lead: Hashable {
        case item(Int, target: Int)
        /// Along the side to a node.
        case side(target: Int)

        var target: Int {
            switch self {
            case .item(_, let target), .side(let target): target
            }
        }
    }

    init(_ graph: Graph) {
        let walk = GraphWalk(graph)
        items = graph.nodes.indices.map(Item.node)
        layerOf = walk.layers
        rank = walk.rank
        leads = Array(repeating: [], count: graph.nodes.count)
        let sideways = Self.sideways(graph, walk)
        var passings: [Passing: Int] = [:]
        for source in walk.order {
            for exit in graph.nodes[source].exits {
                let lead: Lead
                if walk.isBack(source, exit.target) || (sideways.contains(exit.target) && span(source, exit.target) > 1)
                {
                    lead = .side(target: exit.target)
                } else {
                    let weight = exit.reason.weight
                    let item = passing(layerOf[source] + 1, exit.target, &passings)
                    lead = .item(item, target: exit.target)
                    if !leads[source].contains(lead) { edges.append(Edge(upper: source, lower: item, weight: weight)) }
                }
                if !leads[source].contains(lead) { leads[source].append(lead) }
            }
        }
        layers = Array(repeating: [], count: (layerOf.max() ?? 0) + 1)
        for item in items.indices { layers[layerOf[item]].append(item) }
    }

    private struct Passing: Hashable {
        let layer: Int
        let target: Int
    }

    private func span(_ source: Int, _ target: Int) -> Int { layerOf[target] - layerOf[source] }

    /// The targets to which some line down is too long.
    private static func sideways(_ graph: Graph, _ walk: GraphWalk) -> Set<Int> {
        var targets: Set<Int> = []
        for (source, node) in graph.nodes.enumerated() {
            for exit in node.exits where !walk.isBack(source, exit.target) {
                if walk.layers[exit.target] - walk.layers[source] > longestThroughLayers { targets.insert(exit.target) }
            }
        }
        return targets
    }

    /// The item of a line in a layer: the node itself, or where the line passes; makes the places down to the node.
    private mutating func passing(_ layer: Int, _ target: Int, _ passings: inout [Passing: Int]) -> Int {
        var first: Int?
        var upper: Int?
        for layer in layer...layerOf[target] {
            let isOver = layer == layerOf[target]
            let known = isOver ? target : passings[Passing(layer: layer, target: target)]
            let item = known ?? items.count
            if known == nil {
                items.append(.passing(target: target))
                layerOf.append(layer)
                rank.append(rank[target])
                leads.append([])
                passings[Passing(layer: layer, target: target)] = item
            }
            if let upper {
                edges.append(Edge(upper: upper, lower: item, weight: 8))
                leads[upper] = [.item(item, target: target)]
            }
            first = first ?? item
            if known != nil { break }
            upper = item
        }
        return first ?? target
    }
}

extension Graph.Reason {
    /// How much a line should be straight: the usual way is the straightest.
    fileprivate var weight: Int {
        switch self {
        case .next: 4
        case .rule, .otherwise: 2
        case .caught: 1
        }
    }
}
