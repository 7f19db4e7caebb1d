import Core

@testable import JSONPath

extension FuzzTarget {
    /// Paths into JSON, in both dialects.
    static let jsonPath = [jsonPaths, regularExpressions]

    /// A path on the first line, a document on the second.
    private static let jsonPaths = FuzzTarget(
        "json-paths",
        texts: [
            "$..book[?@.price < 10 && !(@['isbn'] == null || length(@.title) >= 3)].title\n{\"book\":[{\"price\":8,\"title\":\"x\"}]}",
            "$[1:-1:2, 'a\\u263A', *, -1]\n[1,[2],{\"a\":3}]",
            "$[?match(@.a, '[a-c]+\\\\.\\\\p{Lu}{2,3}') || search($.p, @.b)]\n[{\"a\":\"ab.XY\",\"b\":\"x\"}]",
            "$[?count(@..*) > value(@.n)]\n[{\"n\":0,\"m\":[1]}]",
            "$$.Map.Item.Value\n{\"Map\":{\"Item\":{\"Value\":1}}}",
            "$name.a-b[0].length()\n{\"a-b\":[\"x\"]}", "$.a['b','c']\n{\"a\":{\"b\":1,\"c\":2}}",
        ]
    ) { bytes in
        let (text, second) = bytes.halves()
        let document = accepted { try JSON(parsing: second) } ?? ["a": [1, ["b": "c"]]]
        if let path = accepted({ try JSONPath(parsing: text.text) }) { check(path, document) }
        guard let path = accepted({ try JSONPath(parsing: text.text, dialect: .stepFunctions) }) else { return }
        _ = accepted { try path.answer(in: document) }
        guard let reference = ReferencePath(path),
            let changed = accepted({ () throws(ReferencePath.Mismatch) in try reference.inserting("v", into: document) }
            )
        else { return }
        require(accepted { try path.answer(in: changed) } == .some(.some("v")), "what was put in place is not there")
    }

    /// A normalized path leads to its node and no other.
    private static func check(_ path: JSONPath, _ document: JSON) {
        guard let nodes = accepted({ try path.nodes(in: document) }) else { return }
        require(accepted { try path.values(in: document) } == nodes.map(\.value), "nodes and values differ")
        for node in nodes.prefix(50) {
            let normalized = accepted { try JSONPath(parsing: node.normalizedPath) }
            require(normalized?.isDefinite == true, "a normalized path is refused or not definite")
            require(accepted { try normalized?.values(in: document) } == [node.value], "it leads elsewhere")
        }
    }

    /// A regular expression on the first line, a text on the second.
    private static let regularExpressions = FuzzTarget(
        "i-regular-expressions", texts: ["(a|b)*[^c-e]{2,3}\\p{Lu}$\nababxyZ", "^[-a]+\\P{Nd}?.\n-a-b"]
    ) { bytes in
        let (pattern, text) = bytes.halves()
        guard let regexp = Regexp(pattern.text) else { return }
        var budget = 1_000_000
        let isWhole = regexp.matches(text.text, whole: true, budget: &budget)
        let isPart = regexp.matches(text.text, whole: false, budget: &budget)
        require(!isWhole || isPart || budget < 0, "the whole matches, and no part does")
    }
}
