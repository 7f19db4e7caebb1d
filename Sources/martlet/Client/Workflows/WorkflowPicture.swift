import FoundationEssentials
import StatesLanguage

/// How a machine is shown in a terminal: as large as there is room, drawn or else written out.
struct WorkflowPicture {
    let graph: Graph
    let signs: PictureSigns
    let isFollowed: Bool
    private let layouts: [GraphLayout]

    /// The widths of text that are tried, the widest first.
    private static let widths = [40, 28, 20, 12]
    /// A machine with more states is written out: nobody finds a way through such a picture.
    private static let mostDrawn = 400

    init(_ graph: Graph, isFollowed: Bool, signs: PictureSigns = .here) {
        self.graph = graph
        self.signs = signs
        self.isFollowed = isFollowed
        layouts =
            graph.count > Self.mostDrawn
            ? [] : Self.widths.map { GraphLayout(graph, maximumText: $0, isFollowed: isFollowed) }
    }

    /// The lines, none wider than so many columns.
    func lines(columns: Int, sights: [String: StateSight] = [:]) -> [PictureLine] {
        for layout in layouts {
            if let lines = GraphPicture.lines(of: layout, columns: columns, sights: sights, signs: signs) {
                return lines
            }
        }
        return GraphOutline.lines(of: graph, columns: columns, sights: sights, signs: signs)
    }

    /// The part of a picture that fits into some rows: where something happens, else the beginning.
    static func window(_ lines: [PictureLine], rows: Int) -> ArraySlice<PictureLine> {
        guard lines.count > rows, rows > 0 else { return lines[...] }
        let active = lines.lastIndex { line in
            line.spans.contains { $0.ink == .seen(.running, isName: true) || $0.ink == .seen(.retrying, isName: true) }
        }
        let seen = lines.lastIndex { line in
            line.spans.contains { if case .seen(_, isName: true) = $0.ink { true } else { false } }
        }
        let first = min(max(0, (active ?? seen ?? 0) - rows / 3), lines.count - rows)
        return lines[first..<first + rows]
    }
}

extension PictureSigns {
    /// Those that this terminal can be expected to show.
    static var here: PictureSigns {
        let environment = ProcessInfo.processInfo.environment
        let locale = ["LC_ALL", "LC_CTYPE", "LANG"].lazy.compactMap { environment[$0] }.first { !$0.isEmpty }
        let isPlain = locale.map { ["C", "POSIX"].contains($0) } ?? false
        return isPlain ? .ascii : .unicode
    }
}

extension PictureLine {
    /// The line with colours for a terminal.
    var coloured: String {
        spans.map { span in
            let code: String? =
                switch span.ink {
                case .plain: nil
                case .faint: "2"
                case .name: "1"
                case .seen(let status, let isName): status.colour + (isName ? ";1" : "")
                }
            return code.map { "\u{1B}[\($0)m\(span.text)\u{1B}[0m" } ?? span.text
        }.joined()
    }
}

extension StateSight.Status {
    /// The colour of a terminal that stands for it; the marks say it without.
    fileprivate var colour: String {
        switch self {
        case .running: "36"
        case .retrying, .caught: "33"
        case .succeeded: "32"
        case .failed: "31"
        case .aborted: "35"
        }
    }
}
