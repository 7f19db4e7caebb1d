/// Where everything of a graph stands, in columns and rows: what all pictures of it are drawn from.
///
/// Boxes of one flow never overlap, and stand inside of the box of the state that their flow belongs to.
package struct GraphLayout: Sendable {
    /// A place; rows go down.
    package struct Point: Hashable, Sendable {
        package var column: Int
        package var row: Int

        /// Takes a column and a row.
        package init(column: Int, row: Int) {
            self.column = column
            self.row = row
        }
    }

    /// A rectangle, its border included.
    package struct Frame: Hashable, Sendable {
        package var column: Int
        package var row: Int
        package let width: Int
        package let height: Int

        /// The last column.
        package var right: Int { column + width - 1 }
        /// The last row.
        package var bottom: Int { row + height - 1 }
    }

    /// Where a line leaves a box.
    package struct Port: Hashable, Sendable {
        package var column: Int
        /// What the box says of the line, behind the same sign.
        package let label: Character?
    }

    /// A state.
    package struct Box: Sendable {
        package let name: String
        package let kind: StateKind
        package var frame: Frame
        package let text: BoxText
        package var ports: [Port]
        /// Where its flow ends, if it can.
        package var end: Int?
    }

    /// A line with the points where it turns; lines to the same state have the same number, and may lie on each other.
    package struct Line: Hashable, Sendable {
        package let points: [Point]
        package let number: Int
    }

    package private(set) var boxes: [Box] = []
    package private(set) var lines: [Line] = []
    /// Where lines come to boxes.
    package private(set) var arrows: [Point] = []
    /// Between branches: the upper ends, with how long they are.
    package private(set) var separators: [(from: Point, height: Int)] = []
    /// Where everything begins.
    package private(set) var start: Point?
    package private(set) var width = 0
    package private(set) var height = 0
    /// How many numbers lines have.
    private var numbers = 0

    /// The columns between branches.
    private static let branchGap = 3

    /// Lays out a whole machine.
    ///
    /// No text is wider than `maximumText`, from 8 columns on; with `isFollowed` every box has a row for what is
    /// happening there.
    package init(_ graph: Graph, maximumText: Int = 40, isFollowed: Bool = false) {
        self.init(graph, TextMeasure(maximum: max(8, maximumText), isFollowed: isFollowed), isTop: true)
    }

    private init(_ graph: Graph, _ measure: TextMeasure, isTop: Bool) {
        var parts: [Part] = []
        for node in graph.nodes {
            parts.append(
                Part(node, measure, node.inner.map { GraphLayout($0, measure, isTop: false) }))
        }
        let layers = GraphLayers(graph)
        let sizes = parts.map { ($0.width, $0.height) }
        let routes = GraphRoutes(graph, layers, sizes, isTop: isTop)
        for (place, part) in parts.enumerated() {
            add(part, routes.frames[place], routes.ports[place], part.text, isEnd: graph.nodes[place].isEnd)
        }
        lines += routes.lines.map { Line(points: $0.points, number: $0.number + numbers) }
        numbers += graph.nodes.count
        arrows += routes.arrows
        start = routes.start
        (width, height) = (routes.width, routes.height)
    }

    private mutating func add(
        _ part: Part, _ frame: Frame, _ leads: [(target: Int, column: Int)], _ text: BoxText, isEnd: Bool
    ) {
        let ports = leads.map { Port(column: $0.column, label: text.labels[$0.target]) }
        let end = isEnd ? (ports.isEmpty ? frame.column + (frame.width - 1) / 2 : frame.column + 2) : nil
        boxes.append(
            Box(name: part.node.name, kind: part.node.kind, frame: frame, text: text, ports: ports, end: end))
        guard !part.inner.isEmpty else { return }
        let row = frame.row + 1 + text.rows
        var column = frame.column + (frame.width - part.innerWidth) / 2
        for (place, inner) in part.inner.enumerated() {
            if place > 0 {
                separators.append((Point(column: column - (Self.branchGap + 1) / 2, row: row), part.innerHeight))
            }
            add(inner, column, row)
            column += inner.width + Self.branchGap
        }
    }

    /// Takes over what is in a flow of its own.
    private mutating func add(_ inner: GraphLayout, _ column: Int, _ row: Int) {
        func moved(_ point: Point) -> Point { Point(column: point.column + column, row: point.row + row) }
        for var box in inner.boxes {
            box.frame.column += column
            box.frame.row += row
            for port in box.ports.indices { box.ports[port].column += column }
            if let end = box.end { box.end = end + column }
            boxes.append(box)
        }
        lines += inner.lines.map { Line(points: $0.points.map(moved), number: $0.number + numbers) }
        numbers += inner.numbers
        arrows += inner.arrows.map(moved)
        separators += inner.separators.map { (moved($0.from), $0.height) }
    }

    /// A state with what it holds, before its place is known.
    private struct Part {
        let node: Graph.Node
        let text: BoxText
        let inner: [GraphLayout]

        init(_ node: Graph.Node, _ measure: TextMeasure, _ inner: [GraphLayout]) {
            self.node = node
            self.inner = inner
            text = BoxText(node, measure)
        }

        var innerWidth: Int {
            inner.reduce(0) { $0 + $1.width } + GraphLayout.branchGap * max(0, inner.count - 1)
        }
        var innerHeight: Int { inner.map(\.height).max() ?? 0 }
        var width: Int {
            let ports = 3 * Set(node.exits.map(\.target)).count + (node.isEnd ? 6 : 3)
            return max(text.columns + 4, inner.isEmpty ? 0 : innerWidth + 4, ports)
        }
        var height: Int { text.rows + innerHeight + 2 }
    }
}
