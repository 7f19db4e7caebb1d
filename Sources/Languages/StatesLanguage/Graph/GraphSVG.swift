/// A graph as an SVG file: complete in itself, readable on light and dark, and told in words to who cannot see it.
package enum GraphSVG {
    /// The size of a column and a row, in pixels; texts are set in a font of that width.
    private static let column = 8
    private static let row = 18
    private static let margin = 12
    private static let radius = 8
    /// How many states the description names.
    private static let described = 60

    /// The text of the file.
    ///
    /// With `sights` states are coloured, and say how they fared.
    package static func text(of graph: Graph, title: String, sights: [String: StateSight] = [:]) -> String {
        let layout = GraphLayout(graph, maximumText: 44, isFollowed: !sights.isEmpty)
        let (width, height) = (layout.width * column + 2 * margin, layout.height * row + 2 * margin)
        let name = escaped(title)
        var text = """
            <svg xmlns="http://www.w3.org/2000/svg" class="martlet-workflow" viewBox="0 0 \(width) \(height)" \
            width="\(width)" height="\(height)" role="img" aria-labelledby="workflow-title workflow-words">
            <title id="workflow-title">\(name)</title>
            <desc id="workflow-words">\(escaped(words(graph, sights)))</desc>
            <style>\(SVGStyle.text)</style>
            <rect class="paper" width="\(width)" height="\(height)"/>
            <g transform="translate(\(margin) \(margin))">

            """
        // Outer boxes come before those that lie in them.
        for box in layout.boxes { text += frame(box, sights[box.name]) }
        for separator in layout.separators {
            let (x, y) = center(separator.from)
            text += "<path class=\"between\" d=\"M\(x) \(y)v\(max(0, separator.height - 1) * row)\"/>\n"
        }
        for line in layout.lines { text += "<path class=\"line\" d=\"\(path(line.points))\"/>\n" }
        for arrow in layout.arrows {
            let (x, y) = center(arrow)
            text += "<path class=\"tip\" d=\"M\(x - 4) \(y)h8l-4 \(row / 2)z\"/>\n"
        }
        if let start = layout.start {
            let (x, y) = center(start)
            text += "<circle class=\"tip\" cx=\"\(x)\" cy=\"\(y)\" r=\"5\"/>\n"
        }
        for box in layout.boxes { text += content(box, sights[box.name]) }
        return text + "</g>\n</svg>\n"
    }

    /// The middle of a place.
    private static func center(_ point: GraphLayout.Point) -> (x: Int, y: Int) {
        (point.column * column + column / 2, point.row * row + row / 2)
    }

    private static func frame(_ box: GraphLayout.Box, _ sight: StateSight?) -> String {
        let (x, y) = center(GraphLayout.Point(column: box.frame.column, row: box.frame.row))
        let (width, height) = ((box.frame.width - 1) * column, (box.frame.height - 1) * row)
        var words = box.text.lines.filter { !$0.full.isEmpty }.map(\.full)
        if let sight { words.append("\(sight.status.rawValue) \(TextColumns.clean(sight.note))") }
        return """
            <g class="state\(sight.map { " \($0.status.rawValue)" } ?? "")"><title>\(escaped(words.joined(separator: "\n")))</title>\
            <rect x="\(x)" y="\(y)" width="\(width)" height="\(height)" rx="6"/></g>

            """
    }

    private static func content(_ box: GraphLayout.Box, _ sight: StateSight?) -> String {
        let seen = sight.map { " \($0.status.rawValue)" } ?? ""
        var text = "<g class=\"words\(seen)\">"
        for (offset, line) in box.text.lines.enumerated() {
            let place = GraphLayout.Point(column: box.frame.column + 2, row: box.frame.row + 1 + offset)
            var words = line.text
            if line.part == .note {
                guard let sight else { continue }
                words = "\(sight.status.mark(.unicode)) \(sight.note.isEmpty ? sight.status.rawValue : sight.note)"
                words = TextColumns.cut(TextColumns.clean(words), to: box.frame.width - 4)
            }
            let x = place.column * column
            text += "<text class=\"\(line.part)\" x=\"\(x)\" y=\"\(center(place).y + 5)\">\(escaped(words))</text>"
        }
        let bottom = box.frame.bottom
        for port in box.ports {
            guard let label = port.label else { continue }
            let (x, y) = center(GraphLayout.Point(column: port.column, row: bottom))
            text += "<circle class=\"port\" cx=\"\(x)\" cy=\"\(y)\" r=\"7\"/>"
            text += "<text class=\"sign\" x=\"\(x)\" y=\"\(y + 4)\">\(label)</text>"
        }
        if let end = box.end {
            let (x, y) = center(GraphLayout.Point(column: end, row: bottom))
            text += "<rect class=\"tip\" x=\"\(x - 4)\" y=\"\(y - 4)\" width=\"8\" height=\"8\"/>"
        }
        return text + "</g>\n"
    }

    /// A line with round corners.
    private static func path(_ points: [GraphLayout.Point]) -> String {
        let places = points.map(center)
        guard var last = places.first else { return "" }
        var path = "M\(last.x) \(last.y)"
        for (index, place) in places.enumerated().dropFirst() {
            guard index + 1 < places.count else {
                path += "L\(place.x) \(place.y)"
                break
            }
            let next = places[index + 1]
            let before = step(from: place, to: last)
            let behind = step(from: place, to: next)
            path += "L\(before.x) \(before.y)Q\(place.x) \(place.y) \(behind.x) \(behind.y)"
            last = behind
        }
        return path
    }

    /// The place on the way to another at which a corner's curve begins: no further than half of the way.
    private static func step(from: (x: Int, y: Int), to: (x: Int, y: Int)) -> (x: Int, y: Int) {
        func part(_ distance: Int) -> Int {
            let length = min(radius, abs(distance) / 2)
            return distance < 0 ? -length : length
        }
        return (from.x + part(to.x - from.x), from.y + part(to.y - from.y))
    }

    /// The picture in words: how many states, and how the first ones lead on.
    private static func words(_ graph: Graph, _ sights: [String: StateSight]) -> String {
        let start = TextColumns.clean(graph.nodes[graph.start].name)
        var words = "A state machine of \(graph.count) states, which begins with \(start)."
        for line in GraphOutline.lines(of: graph, sights: sights).prefix(described * 3) { words += "\n\(line.text)" }
        return words
    }

    private static func escaped(_ text: String) -> String {
        var escaped = ""
        for character in text {
            switch character {
            case "&": escaped += "&amp;"
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            case "\"": escaped += "&quot;"
            case "\n": escaped += "\n"
            default: escaped += TextColumns.clean(String(character))
            }
        }
        return escaped
    }
}
