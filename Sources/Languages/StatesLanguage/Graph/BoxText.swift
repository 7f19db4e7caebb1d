/// How much text boxes have.
struct TextMeasure: Sendable {
    /// In columns.
    let maximum: Int
    /// Whether a row is kept for what is happening.
    let isFollowed: Bool

    /// The columns that are kept for it, and the most rows of ways on.
    static let noteColumns = 20
    static let maximumExits = 12
}

/// What stands in the box of a state: its name, what it does, what is tried again, and when which way is taken.
package struct BoxText: Sendable {
    /// A row; cut to its box, but whole in `full`.
    package struct Row: Hashable, Sendable {
        package let text: String
        package let full: String
        package let part: Part
    }

    /// What a row is.
    package enum Part: Hashable, Sendable {
        case name, detail, exit
        /// A free row for what is happening.
        case note
    }

    package private(set) var lines: [Row] = []
    /// The signs of the ways to nodes, where there is something to say of them.
    let labels: [Int: Character]

    var rows: Int { lines.count }
    /// The widest row.
    private(set) var columns = 0

    init(_ node: Graph.Node, _ measure: TextMeasure) {
        labels = Self.labels(of: node)
        add(node.name.isEmpty ? "?" : node.name, .name, measure)
        add(node.detail.isEmpty ? node.kind.rawValue : node.detail, .detail, measure)
        if !node.retries.isEmpty { add(node.retries, .detail, measure) }
        let spoken = node.exits.filter { !$0.reason.words.isEmpty }
        let isCut = spoken.count > TextMeasure.maximumExits
        for exit in isCut ? spoken.prefix(TextMeasure.maximumExits - 1) : spoken[...] {
            add("\(labels[exit.target] ?? "-") \(exit.reason.words)", .exit, measure)
        }
        if isCut { add("… and \(spoken.count - TextMeasure.maximumExits + 1) more", .exit, measure) }
        if measure.isFollowed {
            lines.append(Row(text: "", full: "", part: .note))
            columns = max(columns, TextMeasure.noteColumns)
        }
    }

    private mutating func add(_ text: String, _ part: Part, _ measure: TextMeasure) {
        let full = TextColumns.clean(text)
        let cut = TextColumns.cut(full, to: measure.maximum)
        lines.append(Row(text: cut, full: full, part: part))
        columns = max(columns, TextColumns.count(cut))
    }

    /// Ways are numbered from 1, then lettered; one sign for each node they lead to.
    private static func labels(of node: Graph.Node) -> [Int: Character] {
        var labels: [Int: Character] = [:]
        var signs = "123456789abcdefghijklmnopqrstuvwxyz".makeIterator()
        for exit in node.exits where !exit.reason.words.isEmpty && labels[exit.target] == nil {
            guard let sign = signs.next() else { break }
            labels[exit.target] = sign
        }
        return labels
    }
}
