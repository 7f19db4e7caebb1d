/// The path and fixed query of a REST operation, such as `/functions/{FunctionName}/policy?list-type=2`.
struct URITemplate: Sendable {
    enum Segment: Hashable, Sendable {
        case literal(String)
        case label(String)
        /// Takes one or more segments, slashes included.
        case greedy(String)
    }

    let segments: [Segment]
    let query: [(name: String, value: String?)]

    /// Parses the model's text.
    init(_ text: String) {
        let parts = text.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        segments = (parts.first ?? "").split(separator: "/").map { segment in
            guard segment.first == "{", segment.last == "}" else { return .literal(String(segment)) }
            let name = segment.dropFirst().dropLast()
            return name.last == "+" ? .greedy(String(name.dropLast())) : .label(String(name))
        }
        query = (parts.count > 1 ? parts[1] : "").split(separator: "&").map { pair in
            let sides = pair.split(separator: "=", maxSplits: 1)
            return (String(sides[0]), sides.count > 1 ? String(sides[1]) : nil)
        }
    }
}
