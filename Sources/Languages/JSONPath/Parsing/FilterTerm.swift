/// A part of a filter before it is known what it is used as (the types of RFC 9535, section 2.4.1).
enum FilterTerm {
    /// A literal, or a function with a value.
    case value(FilterOperand)
    case query(FilterQuery)
    /// A function that says yes or no.
    case logical(FilterExpression)
}
