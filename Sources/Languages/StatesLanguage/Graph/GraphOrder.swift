/// The order of items in their layers, so that few lines cross: each item goes to the middle of its neighbours, layer by
/// layer, down and up.
struct GraphOrder {
    private(set) var layers: [[Int]]
    private var position: [Int]
    private let above: [[Int]]
    private let below: [[Int]]

    private static let sweeps = 8

    init(_ graph: GraphLayers) {
        var above: [[Int]] = Array(repeating: [], count: graph.items.count)
        var below = above
        for edge in graph.edges {
            above[edge.lower].append(edge.upper)
            below[edge.upper].append(edge.lower)
        }
        (self.above, self.below) = (above, below)
        layers = graph.layers.map { $0.sorted { (graph.rank[$0], $0) < (graph.rank[$1], $1) } }
        position = Array(repeating: 0, count: graph.items.count)
        for layer in layers.indices { number(layer) }
        var best = layers
        var fewest = crossings()
        for sweep in 0..<Self.sweeps where fewest > 0 {
            if sweep % 2 == 0 {
                for layer in layers.indices.dropFirst() { sort(layer, by: self.above) }
            } else {
                for layer in layers.indices.dropLast().reversed() { sort(layer, by: self.below) }
            }
            let count = crossings()
            if count < fewest { (best, fewest) = (layers, count) }
        }
        layers = best
    }

    private mutating func number(_ layer: Int) {
        for (place, item) in layers[layer].enumerated() { position[item] = place }
    }

    private mutating func sort(_ layer: Int, by neighbours: [[Int]]) {
        let keys = layers[layer].enumerated().map { place, item in
            let places = neighbours[item].map { position[$0] }
            let middle = places.isEmpty ? Double(place) : Double(places.reduce(0, +)) / Double(places.count)
            return (middle: middle, place: place, item: item)
        }
        layers[layer] = keys.sorted { ($0.middle, $0.place) < ($1.middle, $1.place) }.map(\.item)
        number(layer)
    }

    /// How often lines cross: pairs of edges whose ends are in different order, counted in n log n.
    private func crossings() -> Int {
        var count = 0
        for layer in layers.dropLast() {
            var ends: [Int] = []
            for item in layer { ends += below[item].map { position[$0] }.sorted() }
            guard let last = ends.max() else { continue }
            // A Fenwick tree of the ends so far.
            var tree = Array(repeating: 0, count: last + 2)
            for (seen, end) in ends.enumerated() {
                var notBehind = 0
                var place = end + 1
                while place > 0 {
                    notBehind += tree[place]
                    place -= place & -place
                }
                count += seen - notBehind
                place = end + 1
                while place < tree.count {
                    tree[place] += 1
                    place += place & -place
                }
            }
        }
        return count
    }
}
