import Core

/// A value in a comparison, or an argument that is a value.
indirect enum FilterOperand: Hashable, Sendable {
    case literal(JSON)
    /// A query that leads to at most one node; also `value()` of any query.
    case query(FilterQuery)
    case length(FilterOperand)
    case count(FilterQuery)
}
