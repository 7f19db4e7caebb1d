/// Where the items of layers begin, in columns: as near to their neighbours as their order and sizes allow.
struct GraphColumns {
    /// The first column of each item.
    private(set) var left: [Int]
    private let width: [Int]

    /// Between two items of a layer.
    private static let gap = 3
    private static let sweeps = 24

    /// Takes the widths of all items; a line that passes has two columns, one to come and one to go.
    init(_ graph: GraphLayers, _ order: GraphOrder, width: [Int]) {
        self.width = width
        left = Array(repeating: 0, count: width.count)
        var above: [[(item: Int, weight: Int)]] = Array(repeating: [], count: width.count)
        var below = above
        for edge in graph.edges {
            above[edge.lower].append((edge.upper, edge.weight))
            below[edge.upper].append((edge.lower, edge.weight))
        }
        for layer in order.layers { place(layer, towards: above, isFirst: true) }
        for sweep in 0..<Self.sweeps {
            if sweep % 2 == 0 {
                for layer in order.layers.dropFirst() { place(layer, towards: above) }
            } else {
                for layer in order.layers.dropLast().reversed() { place(layer, towards: below) }
            }
        }
        let first = left.min() ?? 0
        for item in left.indices { left[item] -= first }
    }

    /// The column at which lines come to an item.
    func entry(_ item: Int) -> Int { left[item] + Self.middle(width[item]) }

    /// The last column of an item.
    func right(_ item: Int) -> Int { left[item] + width[item] - 1 }

    private static func middle(_ width: Int) -> Int { (width - 1) / 2 }

    /// The places that are nearest to what items wish for, by least squares: isotonic regression, by pooling neighbours
    /// whose wishes are in the wrong order.
    private mutating func place(
        _ layer: [Int], towards neighbours: [[(item: Int, weight: Int)]], isFirst: Bool = false
    ) {
        var pools: [(sum: Int, weight: Int, count: Int)] = []
        var offset = 0
        for item in layer {
            let known = isFirst ? [] : neighbours[item]
            var (wish, weight) = (left[item], 1)
            if !known.isEmpty {
                weight = known.reduce(0) { $0 + $1.weight }
                wish = known.reduce(0) { $0 + entry($1.item) * $1.weight } / weight - Self.middle(width[item])
            }
            pools.append(((wish - offset) * weight, weight, 1))
            while pools.count > 1, case let (one, other) = (pools[pools.count - 2], pools[pools.count - 1]),
                one.sum * other.weight > other.sum * one.weight
            {
                pools.removeLast(2)
                pools.append((one.sum + other.sum, one.weight + other.weight, one.count + other.count))
            }
            offset += width[item] + Self.gap
        }
        offset = 0
        var next = layer.makeIterator()
        for pool in pools {
            let start = Int((Double(pool.sum) / Double(pool.weight)).rounded(.down))
            for _ in 0..<pool.count {
                guard let item = next.next() else { return }
                left[item] = start + offset
                offset += width[item] + Self.gap
            }
        }
    }
}
