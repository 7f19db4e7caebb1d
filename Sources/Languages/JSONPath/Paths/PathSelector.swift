/// Which children of a node are taken (RFC 9535, section 2.3).
enum PathSelector: Hashable, Sendable {
    case name(String)
    case wildcard
    /// Counted from the end where negative.
    case index(Int)
    case slice(start: Int?, end: Int?, step: Int)
    indirect case filter(FilterExpression)
}
