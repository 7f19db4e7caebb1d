/// Finds a REST operation by method, path and fixed query.
///
/// Literal segments win over labels, labels over greedy ones; of several operations on one path the one whose fixed
/// query is longest and present wins.
struct RouteTree: Sendable {
    private struct Leaf {
        let operation: String
        let method: String
        let template: URITemplate
    }

    private struct Node {
        var literals: [String: Int] = [:]
        var label: Int?
        var greedy: Int?
        var leaves: [Leaf] = []
    }

    /// What a request was found to be: the operation and the raw text of its labels.
    struct Match {
        let operation: String
        let labels: [String: String]
    }

    private var nodes = [Node()]

    /// Adds an operation.
    mutating func insert(_ operation: String, method: String, template: URITemplate) {
        var node = 0
        for segment in template.segments { node = child(of: node, for: segment) }
        nodes[node].leaves.append(Leaf(operation: operation, method: method, template: template))
    }

    private mutating func child(of node: Int, for segment: URITemplate.Segment) -> Int {
        let existing =
            switch segment {
            case .literal(let text): nodes[node].literals[text]
            case .label: nodes[node].label
            case .greedy: nodes[node].greedy
            }
        if let existing { return existing }
        nodes.append(Node())
        let made = nodes.count - 1
        switch segment {
        case .literal(let text): nodes[node].literals[text] = made
        case .label: nodes[node].label = made
        case .greedy: nodes[node].greedy = made
        }
        return made
    }

    /// Finds the operation of a request; `path` is raw, so that an escaped slash is part of a label.
    func match(method: String, path: String, query: [(name: String, value: String)]) -> Match? {
        var segments = path.split(separator: "/", omittingEmptySubsequences: false).dropFirst().map(String.init)
        if segments.last == "" { segments.removeLast() }
        guard segments.count <= 64 else { return nil }
        return match(node: 0, segments[...], path: segments, method: method, query: query)
    }

    private func match(
        node: Int, _ rest: ArraySlice<String>, path: [String], method: String, query: [(name: String, value: String)]
    ) -> Match? {
        let node = nodes[node]
        guard let segment = rest.first else { return leaf(of: node, path: path, method: method, query: query) }
        let next = rest.dropFirst()
        if let literal = node.literals[segment],
            let match = match(node: literal, next, path: path, method: method, query: query)
        {
            return match
        }
        if let label = node.label, let match = match(node: label, next, path: path, method: method, query: query) {
            return match
        }
        guard let greedy = node.greedy else { return nil }
        for taken in stride(from: rest.count, to: 0, by: -1) {
            if let match = match(node: greedy, rest.dropFirst(taken), path: path, method: method, query: query) {
                return match
            }
        }
        return nil
    }

    private func leaf(of node: Node, path: [String], method: String, query: [(name: String, value: String)]) -> Match? {
        let fitting = node.leaves.filter { leaf in
            leaf.method == method
                && leaf.template.query.allSatisfy { fixed in
                    query.contains { $0.name == fixed.name && (fixed.value == nil || $0.value == fixed.value) }
                }
        }
        guard let best = fitting.max(by: { $0.template.query.count < $1.template.query.count }) else { return nil }
        return Match(operation: best.operation, labels: labels(of: best.template, in: path))
    }

    private func labels(of template: URITemplate, in path: [String]) -> [String: String] {
        var labels: [String: String] = [:]
        var position = 0
        for segment in template.segments {
            switch segment {
            case .literal: position += 1
            case .label(let name):
                labels[name] = path[position]
                position += 1
            case .greedy(let name):
                let taken = path.count - template.segments.count + 1
                labels[name] = path[position..<position + taken].joined(separator: "/")
                position += taken
            }
        }
        return labels
    }
}
