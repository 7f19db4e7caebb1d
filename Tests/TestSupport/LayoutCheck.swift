import StatesLanguage

/// Looks whether a layout shows what its graph has, and nothing lies on anything else.
package struct LayoutCheck {
    private let layout: GraphLayout
    private var flaws: [String] = []
    /// Which lines go through a place, and in which directions: up 1, right 2, down 4, left 8.
    private var cells: [GraphLayout.Point: [Int: UInt8]] = [:]

    /// What is wrong with the layout of a graph whose names are all different; nothing where all is well.
    package static func flaws(of layout: GraphLayout, for graph: Graph) -> [String] {
        var check = LayoutCheck(layout: layout)
        check.checkNames(graph)
        check.checkFrames()
        check.drawLines()
        check.checkLines()
        check.checkExits(of: graph)
        return check.flaws
    }

    private init(layout: GraphLayout) { self.layout = layout }

    private mutating func checkNames(_ graph: Graph) {
        func names(_ graph: Graph) -> [String] { graph.nodes.flatMap { [$0.name] + $0.inner.flatMap(names) } }
        if layout.boxes.map(\.name).sorted() != names(graph).sorted() {
            flaws.append("a state is missing, or is twice")
        }
    }

    private mutating func checkFrames() {
        for (place, box) in layout.boxes.enumerated() {
            let frame = box.frame
            if frame.column < 0 || frame.row < 0 || frame.right >= layout.width || frame.bottom >= layout.height {
                flaws.append("\(box.name) lies outside")
            }
            for other in layout.boxes[..<place]
            where !Self.apart(frame, other.frame) && !Self.holds(other.frame, frame) {
                flaws.append("\(box.name) lies on \(other.name)")
            }
            if !box.ports.allSatisfy({ $0.column > frame.column && $0.column < frame.right }) {
                flaws.append("a port of \(box.name) is not on it")
            }
        }
    }

    private static func apart(_ one: GraphLayout.Frame, _ other: GraphLayout.Frame) -> Bool {
        one.right < other.column || other.right < one.column || one.bottom < other.row || other.bottom < one.row
    }

    private static func holds(_ outer: GraphLayout.Frame, _ inner: GraphLayout.Frame) -> Bool {
        outer.column < inner.column && outer.row < inner.row && inner.right < outer.right && inner.bottom < outer.bottom
    }

    private mutating func drawLines() {
        for line in layout.lines {
            for (from, to) in zip(line.points, line.points.dropFirst()) {
                if from.row != to.row, from.column != to.column { flaws.append("a line is slanted") }
                let (left, right) = (min(from.column, to.column), max(from.column, to.column))
                let (top, bottom) = (min(from.row, to.row), max(from.row, to.row))
                for column in left...right {
                    for row in top...bottom {
                        var directions: UInt8 = 0
                        if column > left { directions |= 8 }
                        if column < right { directions |= 2 }
                        if row > top { directions |= 1 }
                        if row < bottom { directions |= 4 }
                        cells[GraphLayout.Point(column: column, row: row), default: [:]][line.number, default: 0] |=
                            directions
                    }
                }
            }
        }
    }

    /// Lines may cross, but neither lie on each other nor turn where another one is; and go through no box.
    private mutating func checkLines() {
        for (point, lines) in cells where lines.count > 1 {
            if lines.count > 2 || Set(lines.values) != [5, 10] { flaws.append("lines lie on each other at \(point)") }
        }
        for line in layout.lines {
            for (from, to) in zip(line.points, line.points.dropFirst()) {
                let (left, right) = (min(from.column, to.column), max(from.column, to.column))
                let (top, bottom) = (min(from.row, to.row), max(from.row, to.row))
                for box in layout.boxes {
                    let frame = box.frame
                    let isApart = right < frame.column || left > frame.right || bottom < frame.row || top > frame.bottom
                    let isInside =
                        left > frame.column && right < frame.right && top > frame.row && bottom <= frame.bottom
                    let leaves = left == right && top == frame.bottom && from == line.points[0]
                    if !isApart, !isInside, !leaves { flaws.append("a line goes through \(box.name)") }
                }
            }
        }
    }

    /// From every state lines lead to the states behind it.
    private mutating func checkExits(of graph: Graph) {
        var frames: [String: GraphLayout.Box] = [:]
        for box in layout.boxes { frames[box.name] = box }
        for node in graph.nodes {
            let targets = Set(node.exits.map(\.target))
            guard let box = frames[node.name] else { continue }
            if box.ports.count != targets.count { flaws.append("\(node.name) has not as many ports as ways") }
            let reached: [GraphLayout.Point] = box.ports.flatMap {
                reach(GraphLayout.Point(column: $0.column, row: box.frame.bottom))
            }
            for target in targets {
                guard let frame = frames[graph.nodes[target].name]?.frame else { continue }
                let columns = frame.column + 1..<frame.right
                let isReached = reached.contains { $0.row == frame.row - 1 && columns.contains($0.column) }
                if !isReached { flaws.append("no line leads from \(node.name) to \(graph.nodes[target].name)") }
            }
            for inner in node.inner { checkExits(of: inner) }
        }
    }

    /// The arrows that the line from a port leads to.
    private func reach(_ port: GraphLayout.Point) -> [GraphLayout.Point] {
        guard let number = cells[port]?.first(where: { $0.value & 4 != 0 })?.key else { return [] }
        var seen: Set<GraphLayout.Point> = [port]
        var waiting = [port]
        while let point = waiting.popLast() {
            let directions = cells[point]?[number] ?? 0
            let neighbours: [(UInt8, Int, Int)] = [(1, 0, -1), (2, 1, 0), (4, 0, 1), (8, -1, 0)]
            for (direction, column, row) in neighbours where directions & direction != 0 {
                let next = GraphLayout.Point(column: point.column + column, row: point.row + row)
                if seen.insert(next).inserted { waiting.append(next) }
            }
        }
        return layout.arrows.filter(seen.contains)
    }
}
