import Core
import StatesLanguage
import TestSupport

@testable import Gateway

extension FuzzTarget {
    /// Pictures of state machines.
    static let graphs = [graphLayouts, machinePictures]

    /// Bytes that are graphs of their own making: cycles, forks, nesting.
    private static let graphLayouts = FuzzTarget(
        "graph-layouts",
        seeds: [
            [5, 1, 1, 2, 1, 3, 1, 4, 0, 0], [8, 3, 1, 2, 3, 2, 4, 5, 1, 0, 2, 6, 6, 1, 7, 3, 0, 1, 2, 0],
            [4, 130, 3, 1, 1, 1, 2, 0, 1, 2, 2, 3, 1, 3, 0], [20] + (0..<60).map { UInt8($0 % 7 + $0 % 3) },
            [12] + (0..<90).map { UInt8(truncatingIfNeeded: $0 &* 41 &+ 7) },
        ]
    ) { bytes in
        var source = bytes.prefix(400)[...]
        var count = 0
        let graph = graph(&source, depth: 0, &count)
        check(graph)
    }

    /// A definition of a machine, whatever its states are called.
    private static let machinePictures = FuzzTarget(
        "machine-pictures",
        texts: [
            #"{"StartAt":"A","States":{"A":{"Type":"Choice","Choices":[{"Variable":"$.x","NumericLessThan":1,"Next":"A"},{"Not":{"Variable":"$.x","StringMatches":"*<&\">"},"Next":"B"}],"Default":"B"},"B":{"Type":"Succeed"}}}"#,
            #"{"StartAt":"日本語","States":{"日本語":{"Type":"Parallel","End":true,"Catch":[{"ErrorEquals":["E"],"Next":"👩‍👩‍👧"}],"Branches":[{"StartAt":"x\u001b[2J","States":{"x\u001b[2J":{"Type":"Wait","Seconds":1,"End":true}}}]},"👩‍👩‍👧":{"Type":"Fail","Error":"e\u0301\u202e"}}}"#,
        ]
    ) { bytes in
        guard let machine = accepted({ try StateMachine(parsing: bytes.text) }) else { return }
        check(Graph(of: machine))
    }

    private static func graph(_ bytes: inout ArraySlice<UInt8>, depth: Int, _ made: inout Int) -> Graph {
        let count = Int(bytes.popFirst() ?? 0) % 24 + 1
        let nodes = (0..<count).map { place in
            let shape = bytes.popFirst() ?? 0
            made += 1
            let name = "S\(made)"
            let inner =
                shape >= 128 && depth < 3 && made < 120
                ? (0...Int(shape % 2)).map { _ in graph(&bytes, depth: depth + 1, &made) } : []
            let exits = (0..<Int(shape % 6)).compactMap { way -> Graph.Exit? in
                guard let target = bytes.popFirst() else { return nil }
                let reason: Graph.Reason =
                    way == 0 ? .next : way % 2 == 0 ? .rule("$.a > \(way)") : .caught(errors: "E")
                return Graph.Exit(target: Int(target) % count, reason: reason)
            }
            return Graph.Node(
                name: name, kind: inner.isEmpty ? .task : .parallel, detail: String(repeating: "d", count: place),
                exits: exits, isEnd: shape % 3 == 0, inner: inner)
        }
        return Graph(nodes: nodes, start: 0)
    }

    private static func check(_ graph: Graph) {
        guard graph.count <= 300 else { return }
        var sights: [String: StateSight] = [:]
        for (place, node) in graph.nodes.enumerated() {
            let statuses = StateSight.Status.allCases
            sights[node.name] = StateSight(statuses[place % statuses.count], note: "\(place) s")
        }
        for isFollowed in [false, true] {
            let layout = GraphLayout(graph, maximumText: isFollowed ? 12 : 40, isFollowed: isFollowed)
            let flaws = LayoutCheck.flaws(of: layout, for: graph)
            require(flaws.isEmpty, "\(flaws)")
            let sights = isFollowed ? sights : [:]
            let lines = GraphPicture.lines(of: layout, sights: sights) ?? []
            require(
                lines == GraphPicture.lines(
                    of: GraphLayout(graph, maximumText: isFollowed ? 12 : 40, isFollowed: isFollowed), sights: sights)
                    ?? [], "a picture differs from itself")
            let text = lines.map(\.text).joined()
            require(!text.unicodeScalars.contains { $0.value < 0x20 || $0.value == 0x202E }, "a name commands")
            let plain = (GraphPicture.lines(of: layout, sights: sights, signs: .ascii) ?? []).map(\.text).joined()
            require(plain.utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7F }, "ASCII is not")
        }
        _ = GraphOutline.lines(of: graph, columns: 40, sights: sights)
        let svg = GraphSVG.text(of: graph, title: "a<b>&\"\u{0}", sights: sights)
        require(accepted { try XMLReader.root(of: Array(svg.utf8)) } != nil, "the SVG is no XML")
    }
}
