/// The frames of the states of one flow, and the lines between them.
///
/// Lines have right angles only. Between two layers each target has one track, on which all lines to it come together;
/// no vertical piece lies on another, because lines leave boxes where none arrives below (`GraphPorts`).
struct GraphRoutes {
    typealias Point = GraphLayout.Point

    private(set) var frames: [GraphLayout.Frame] = []
    /// Of each node the targets of its lines and where they leave it.
    private(set) var ports: [[(target: Int, column: Int)]] = []
    private(set) var lines: [GraphLayout.Line] = []
    private(set) var arrows: [Point] = []
    private(set) var start: Point?
    private(set) var width = 0
    private(set) var height = 0

    private let layers: GraphLayers
    private let columns: GraphColumns
    private let lanes: GraphLanes
    /// The lines in the gap above each layer, and below the last one.
    private var gaps: [[Net]]

    /// What comes together in a gap: lines to one target.
    private struct Net {
        let target: Int
        /// The column where it goes on: to an item of the layer below, or to the lane.
        let sink: Int
        /// The item below; none where it goes to the lane.
        let item: Int?
        /// Where lines come from above, and the rows they begin in.
        var sources: [Point] = []
        /// The lane that comes in from the side.
        var lane: Int?
        var track: Int?
        /// From the first to the last column.
        var reach: ClosedRange<Int> {
            let all = sources.map(\.column) + [sink] + (lane.map { [$0] } ?? [])
            return (all.min() ?? sink)...(all.max() ?? sink)
        }
    }

    init(_ graph: Graph, _ layers: GraphLayers, _ sizes: [(width: Int, height: Int)], isTop: Bool) {
        self.layers = layers
        let order = GraphOrder(layers)
        let widths = layers.items.indices.map { $0 < sizes.count ? sizes[$0].width : 2 }
        columns = GraphColumns(layers, order, width: widths)
        lanes = GraphLanes(layers, right: layers.items.indices.map(columns.right).max() ?? 0)
        gaps = Array(repeating: [], count: order.layers.count + 1)
        ports = Array(repeating: [], count: graph.nodes.count)
        let exits = leave(graph, order, sizes)
        let tracks = pack(order)
        let heights = order.layers.map { $0.map { $0 < sizes.count ? sizes[$0].height : 1 }.max() ?? 0 }
        let tops = place(order, heights, tracks, graph.start, isTop)
        frames = graph.nodes.indices.map { node in
            GraphLayout.Frame(
                column: columns.left[node], row: tops[layers.layerOf[node]], width: sizes[node].width,
                height: sizes[node].height)
        }
        draw(order, exits, tops, heights, graph.start, isTop)
        width = lanes.right + 1
        height = max((tops.last ?? 0) + (heights.last ?? 0) + tracks[tracks.count - 1], 0)
    }

    /// Decides where lines leave their items, and gathers what comes together; gives the columns of the items that are
    /// no boxes.
    private mutating func leave(_ graph: Graph, _ order: GraphOrder, _ sizes: [(width: Int, height: Int)]) -> [Int: Int]
    {
        var exits: [Int: Int] = [:]
        for (layer, items) in order.layers.enumerated() {
            let below = layer + 1 < order.layers.count ? order.layers[layer + 1] : []
            let entries = Set(below.map(columns.entry))
            var places: [Key: Int] = [:]
            for item in items {
                let leads = layers.leads[item].map { (lead: $0, column: column(of: $0)) }
                    .sorted { ($0.column, $0.lead.target) < ($1.column, $1.lead.target) }
                let found: [Int]
                if item < sizes.count {
                    let first = columns.left[item] + (graph.nodes[item].isEnd ? 4 : 2)
                    let bottom = first...max(first, columns.right(item) - 2)
                    // The only line leaves in the middle where it cannot be straight.
                    let middle = columns.entry(item)
                    let isBent = leads.count == 1 && !leads.contains { bottom.contains($0.column) }
                    found = GraphPorts.columns(
                        to: isBent && !entries.contains(middle) ? [middle] : leads.map(\.column), in: bottom,
                        avoiding: entries)
                    ports[item] = zip(leads, found).map { ($0.lead.target, $1) }
                } else {
                    found = leads.map { lead in
                        let own = columns.entry(item)
                        return own != lead.column && entries.contains(own) ? own + 1 : own
                    }
                    exits[item] = found.first
                }
                for (lead, column) in zip(leads, found) { gather(lead.lead, from: item, column, layer, &places) }
            }
        }
        comeIn()
        return exits
    }

    private struct Key: Hashable {
        let target: Int
        let isLane: Bool
    }

    private func column(of lead: GraphLayers.Lead) -> Int {
        switch lead {
        case .item(let item, _): columns.entry(item)
        case .side(let target): lanes.column[target] ?? lanes.right
        }
    }

    /// The row is that of the item's layer, until rows are known.
    private mutating func gather(
        _ lead: GraphLayers.Lead, from item: Int, _ column: Int, _ layer: Int, _ places: inout [Key: Int]
    ) {
        let (key, below): (Key, Int?) =
            switch lead {
            case .item(let below, let target): (Key(target: target, isLane: false), below)
            case .side(let target): (Key(target: target, isLane: true), nil)
            }
        let place = places[key] ?? gaps[layer + 1].count
        if places[key] == nil {
            gaps[layer + 1].append(Net(target: key.target, sink: self.column(of: lead), item: below))
            places[key] = place
        }
        gaps[layer + 1][place].sources.append(Point(column: column, row: item))
    }

    /// Lets the lanes in above their targets.
    private mutating func comeIn() {
        for (target, lane) in lanes.column.sorted(by: { $0.key < $1.key }) {
            let gap = layers.layerOf[target]
            if let place = gaps[gap].firstIndex(where: { $0.target == target && $0.item == target }) {
                gaps[gap][place].lane = lane
            } else {
                gaps[gap].append(Net(target: target, sink: columns.entry(target), item: target, lane: lane))
            }
        }
    }

    /// Gives every line that is not straight a track; says how many each gap has.
    private mutating func pack(_ order: GraphOrder) -> [Int] {
        gaps.indices.map { gap in
            var packing = IntervalPacking()
            // What goes right leaves from the right first, what goes left from the left: then few cross.
            let places = gaps[gap].indices.sorted {
                let (one, other) = (gaps[gap][$0], gaps[gap][$1])
                return (Self.rank(one), one.target, one.sink) < (Self.rank(other), other.target, other.sink)
            }
            for place in places where gaps[gap][place].reach.count > 1 {
                gaps[gap][place].track = packing.place(gaps[gap][place].reach)
            }
            return packing.count
        }
    }

    private static func rank(_ net: Net) -> Int {
        let first = net.sources.map(\.column).min() ?? net.sink
        return first <= net.sink ? -first : first
    }

    /// The first row of each layer.
    private mutating func place(
        _ order: GraphOrder, _ heights: [Int], _ tracks: [Int], _ first: Int, _ isTop: Bool
    ) -> [Int] {
        var tops: [Int] = []
        var row = isTop ? 1 : 0
        if isTop { start = Point(column: columns.entry(first), row: 0) }
        for layer in order.layers.indices {
            let lines = layer == 0 ? tracks[0] : max(1, tracks[layer])
            row += lines + (layer > 0 || isTop || lines > 0 ? 1 : 0)
            tops.append(row)
            row += heights[layer]
        }
        return tops
    }

    private mutating func draw(
        _ order: GraphOrder, _ exits: [Int: Int], _ tops: [Int], _ heights: [Int], _ first: Int, _ isTop: Bool
    ) {
        func base(_ gap: Int) -> Int { gap == 0 ? (isTop ? 1 : 0) : tops[gap - 1] + heights[gap - 1] }
        if isTop {
            let column = columns.entry(first)
            arrows.append(Point(column: column, row: tops[0] - 1))
            add([Point(column: column, row: 0), Point(column: column, row: tops[0] - 1)], first)
        }
        var arrivals: [Int: [Point]] = [:]
        for gap in gaps.indices {
            for net in gaps[gap] {
                guard let item = net.item else { continue }
                let isBox = item < frames.count
                let end = Point(column: net.sink, row: isBox ? tops[gap] - 1 : tops[gap])
                if isBox { arrows.append(end) }
                let row = base(gap) + (net.track ?? 0)
                if let lane = net.lane {
                    arrivals[net.target] = [
                        Point(column: lane, row: row), Point(column: net.sink, row: row), end,
                    ]
                }
                for source in net.sources {
                    add([Point(column: net.sink, row: row), end], from: source, base(gap), row, net.target)
                }
            }
        }
        for gap in gaps.indices {
            for net in gaps[gap] where net.item == nil {
                let row = base(gap) + (net.track ?? 0)
                for source in net.sources {
                    let arrival = arrivals[net.target] ?? []
                    add([Point(column: net.sink, row: row)] + arrival, from: source, base(gap), row, net.target)
                }
            }
        }
        pass(exits, tops, heights)
    }

    /// Draws a line that leaves an item, whose number is the source's row, and turns in a row of the gap below.
    private mutating func add(_ rest: [Point], from source: Point, _ base: Int, _ row: Int, _ target: Int) {
        let begin = source.row < frames.count ? frames[source.row].bottom : base - 1
        add([Point(column: source.column, row: begin), Point(column: source.column, row: row)] + rest, target)
    }

    /// Takes lines through the layers that they pass.
    private mutating func pass(_ exits: [Int: Int], _ tops: [Int], _ heights: [Int]) {
        for (item, exit) in exits.sorted(by: { $0.key < $1.key }) {
            guard case .passing(let target) = layers.items[item] else { continue }
            let layer = layers.layerOf[item]
            let (entry, bottom) = (columns.entry(item), tops[layer] + heights[layer] - 1)
            add(
                [
                    Point(column: entry, row: tops[layer]), Point(column: entry, row: bottom),
                    Point(column: exit, row: bottom),
                ], target)
        }
    }

    /// Adds a line without the points at which it does not turn.
    private mutating func add(_ points: [Point], _ target: Int) {
        var kept: [Point] = []
        for point in points where kept.last != point {
            if kept.count > 1, case let (one, other) = (kept[kept.count - 2], kept[kept.count - 1]),
                one.column == other.column && other.column == point.column
                    || one.row == other.row && other.row == point.row
            {
                kept.removeLast()
            }
            kept.append(point)
        }
        if kept.count > 1 { lines.append(GraphLayout.Line(points: kept, number: target)) }
    }
}
