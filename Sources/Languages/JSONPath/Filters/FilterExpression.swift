import Core

/// What decides in a filter whether a node is taken (RFC 9535, section 2.3.5).
indirect enum FilterExpression: Hashable, Sendable {
    case or([FilterExpression])
    case and([FilterExpression])
    case not(FilterExpression)
    case exists(FilterQuery)
    case comparison(FilterOperand, ComparisonOperator, FilterOperand)
    /// `match` where whole, else `search`.
    case matches(FilterOperand, FilterPattern, whole: Bool)
}

/// A path inside a filter.
struct FilterQuery: Hashable, Sendable {
    /// Whether it begins at the document (`$`), not at the node in question (`@`).
    let isAbsolute: Bool
    let segments: [PathSegment]

    /// Whether it leads to at most one node.
    var isSingular: Bool { segments.allSatisfy { $0.step != nil } }
}

/// A value in a comparison, or an argument that is a value.
indirect enum FilterOperand: Hashable, Sendable {
    case literal(JSON)
    /// A query that leads to at most one node; also `value()` of any query.
    case query(FilterQuery)
    case length(FilterOperand)
    case count(FilterQuery)
}

/// A regular expression: known when the path is compiled, or found in the document.
indirect enum FilterPattern: Hashable, Sendable {
    /// `nil` where the literal is no regular expression: it matches nothing.
    case fixed(Regexp?)
    case dynamic(FilterOperand)
}

/// How two values are compared.
enum ComparisonOperator: Hashable, Sendable {
    case equal, notEqual, less, lessOrEqual, greater, greaterOrEqual
}
