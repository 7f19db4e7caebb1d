/// What a service of the query protocol has answered, for those who speak to it as a client.
package struct QueryAnswer: Sendable {
    private let root: XMLNode

    /// Reads an answer; `nil` for what is none.
    package init?(_ bytes: [UInt8]) {
        guard let root = try? XMLReader.root(of: bytes) else { return nil }
        self.root = root
    }

    private init(_ root: XMLNode) { self.root = root }

    /// The elements at the end of a path of names.
    package func elements(_ path: String...) -> [QueryAnswer] {
        path.reduce([root]) { nodes, name in nodes.flatMap { $0.children(named: [name]) } }.map { QueryAnswer($0) }
    }

    /// The text of the first element at the end of a path of names.
    package func text(_ path: String...) -> String? {
        var node: XMLNode? = root
        for name in path { node = node?.child(name) }
        return node?.text
    }
}
