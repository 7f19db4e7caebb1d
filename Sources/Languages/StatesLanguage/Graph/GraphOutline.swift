/// A graph as lines of text, one state below the other: for what is too large to be drawn, and for who listens.
package enum GraphOutline {
    /// The lines, each cut to some columns.
    package static func lines(
        of graph: Graph, columns: Int = .max, sights: [String: StateSight] = [:], signs: PictureSigns = .unicode
    ) -> [PictureLine] {
        var lines: [PictureLine] = []
        add(graph, depth: 0, max(20, columns), sights, signs, &lines)
        return lines
    }

    private static func add(
        _ graph: Graph, depth: Int, _ columns: Int, _ sights: [String: StateSight], _ signs: PictureSigns,
        _ lines: inout [PictureLine]
    ) {
        // What nests very deep goes on at the same place.
        let indent = min(depth * 4, columns / 2)
        for place in order(of: graph) {
            let node = graph.nodes[place]
            let sight = sights[node.name]
            let mark = sight?.status.mark(signs) ?? (place == graph.start ? signs.start : " ")
            let name = TextColumns.clean(node.name)
            var rest = columns - indent - 2
            var line = PictureLine()
            line.append(String(repeating: " ", count: indent), .plain)
            line.append("\(mark) ", sight.map { .seen($0.status, isName: false) } ?? .faint)
            func write(_ text: String, _ ink: PictureLine.Ink) {
                let cut = signs.text(TextColumns.cut(text, to: max(0, rest)))
                rest -= TextColumns.count(cut)
                if rest >= 0 { line.append(cut, ink) }
            }
            write(name, sight.map { .seen($0.status, isName: true) } ?? .name)
            write("  \(TextColumns.clean(node.detail))", .faint)
            if let sight, !sight.note.isEmpty {
                write("  \(TextColumns.clean(sight.note))", .seen(sight.status, isName: false))
            }
            lines.append(line)
            for words in ways(of: node, graph) {
                var line = PictureLine()
                line.append(String(repeating: " ", count: indent + 4), .plain)
                line.append(signs.text(TextColumns.cut(TextColumns.clean(words), to: columns - indent - 4)), .faint)
                lines.append(line)
            }
            for inner in node.inner { add(inner, depth: depth + 1, columns, sights, signs, &lines) }
        }
    }

    /// The states in the order in which a walk from the start can come by.
    private static func order(of graph: Graph) -> [Int] {
        let rank = GraphWalk(graph).rank
        return graph.nodes.indices.sorted { rank[$0] < rank[$1] }
    }

    private static func ways(of node: Graph.Node, _ graph: Graph) -> [String] {
        var ways = node.retries.isEmpty ? [] : [node.retries]
        for exit in node.exits.prefix(100) {
            let words = exit.reason.words
            ways.append("→ \(graph.nodes[exit.target].name)" + (words.isEmpty ? "" : "  \(words)"))
        }
        if node.exits.count > 100 { ways.append("… and \(node.exits.count - 100) more ways") }
        return ways
    }
}
