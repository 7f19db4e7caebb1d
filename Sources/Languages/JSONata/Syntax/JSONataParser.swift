/// Reads an expression by operator precedence, as the reference implementation does.
///
/// Parts are shaped as they are read: names become paths, paths are joined, and every `%` finds its step. What only shaping finds wrong
/// is said after what the grammar finds.
struct JSONataParser {
    private var lexer: Lexer
    private(set) var token = Token(kind: .end, position: 0)
    var nodes: [NodeDraft] = []
    /// The slots of `%`: under which name the parent is bound, and how many levels further out it is.
    var slots: [ParentSlot] = []
    private var depth = 0
    private let maximumDepth: Int
    /// The first thing that is wrong though the grammar allows it.
    private var flaw: JSONataError?

    init(_ text: String, maximumDepth: Int) {
        lexer = Lexer(text)
        self.maximumDepth = maximumDepth
    }

    /// The whole expression.
    mutating func program() throws(JSONataError) -> Program {
        try advance(afterOperand: false)
        let root = try expression(0)
        guard token.kind == .end else { throw JSONataError("S0201", at: token.position, token: token.text) }
        if let flaw { throw flaw }
        if isParent(root) || !nodes[root].seeking.isEmpty {
            throw JSONataError("S0217", at: nodes[root].position, token: nodes[root].kind.name)
        }
        let labels = slots.map(\.label)
        return Program(nodes: nodes.map { Node($0, labels: labels) }, root: root)
    }

    /// An expression whose operators bind tighter than `power`.
    mutating func expression(_ power: Int) throws(JSONataError) -> Int {
        depth += 1
        defer { depth -= 1 }
        guard depth <= maximumDepth else {
            throw JSONataError("S0502", at: token.position, value: String(maximumDepth))
        }
        let first = token
        try advance(afterOperand: true)
        var left = try prefix(first)
        while power < Self.power(of: token) {
            let `operator` = token
            try advance(afterOperand: false)
            left = try infix(`operator`, left)
        }
        return left
    }

    /// How many `%` an expression may have: each is known to all parts around it.
    static let mostParents = 500

    /// How tight an operator binds to what is before it.
    private static func power(of token: Token) -> Int {
        guard let symbol = token.symbol else { return 0 }
        return powers[symbol] ?? 0
    }

    private static let powers: [String: Int] = [
        ".": 75, "[": 80, "{": 70, "(": 80, "@": 80, "#": 80, "?": 20, "+": 50, "-": 50, "*": 60, "/": 60, "%": 60,
        "=": 40, "<": 40, ">": 40, "^": 40, ":=": 10, "!=": 40, "<=": 40, ">=": 40, "~>": 40, "?:": 40, "??": 40,
        "and": 30, "or": 25, "in": 40, "&": 50,
    ]

    /// The power of an operator that is known.
    static func power(_ symbol: String) -> Int { powers[symbol] ?? 0 }

    /// Reads the next token.
    mutating func advance(afterOperand: Bool) throws(JSONataError) {
        token = try lexer.next(afterOperand: afterOperand)
        if token.symbol == "!" || token.symbol == "~" {
            throw JSONataError("S0204", at: token.position, token: token.text)
        }
    }

    /// Reads over a symbol that must be there.
    mutating func expect(_ symbol: String, afterOperand: Bool = false) throws(JSONataError) {
        guard token.symbol == symbol else {
            let code = token.kind == .end ? "S0203" : "S0202"
            throw JSONataError(code, at: token.position, token: token.text, value: "\"\(symbol)\"")
        }
        try advance(afterOperand: afterOperand)
    }

    /// Whether the next token is this symbol.
    func isNext(_ symbol: String) -> Bool { token.symbol == symbol }

    /// Remembers what is wrong until the grammar was read.
    mutating func note(_ error: JSONataError) {
        if flaw == nil { flaw = error }
    }

    /// Adds a part.
    mutating func add(_ kind: NodeKind, at position: Int) -> Int {
        nodes.append(NodeDraft(kind, at: position))
        return nodes.count - 1
    }

    /// Adds a part that passes on the `%` of others.
    mutating func add(_ kind: NodeKind, at position: Int, around inner: Int...) -> Int {
        let node = add(kind, at: position)
        for part in inner { adopt(part, by: node) }
        return node
    }

    /// The steps, where a part is a path.
    func steps(of node: Int) -> [Int]? {
        if case .path = nodes[node].kind { nodes[node].steps } else { nil }
    }
}
