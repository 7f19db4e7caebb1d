import Core

/// A path into JSON (RFC 9535), compiled once and evaluated often.
package struct JSONPath: Hashable, Sendable {
    /// What the path was written as.
    package let text: String
    /// What the path begins at; always the document in RFC 9535.
    package let root: PathRoot
    package let dialect: PathDialect
    /// Whether `length()` ends the path (Step Functions only).
    package let endsInLength: Bool
    let segments: [PathSegment]

    /// Compiles a path; throws what is wrong with it, and where.
    package init(parsing text: String, dialect: PathDialect = .rfc9535) throws(PathError) {
        var parser = PathParser(text: text, dialect: dialect)
        let query = try parser.document()
        self.text = text
        self.dialect = dialect
        root = query.root
        segments = query.segments
        endsInLength = parser.endsInLength
    }

    /// Whether the path leads to at most one node, whatever the document.
    package var isDefinite: Bool { segments.allSatisfy { $0.step != nil } }

    /// The steps of a definite path; `nil` for every other.
    package var steps: [PathStep]? {
        let steps = segments.compactMap(\.step)
        return steps.count == segments.count ? steps : nil
    }

    /// The nodes that the path selects, in order, with where they lie.
    ///
    /// Throws `PathLimitExceeded` where more than `PathLimits.work` nodes would have to be looked at.
    package func nodes(in document: JSON) throws(PathLimitExceeded) -> [PathNode] {
        var evaluator = PathEvaluator(document: document, keepsLocations: true)
        return try evaluator.nodes(of: segments, from: document)
    }

    /// The values that the path selects, in order.
    package func values(in document: JSON) throws(PathLimitExceeded) -> [JSON] {
        var evaluator = PathEvaluator(document: document, keepsLocations: false)
        return try evaluator.nodes(of: segments, from: document).map(\.value)
    }
}
