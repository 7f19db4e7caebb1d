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
