/// A regular expression: known when the path is compiled, or found in the document.
indirect enum FilterPattern: Hashable, Sendable {
    /// `nil` where the literal is no regular expression: it matches nothing.
    case fixed(Regexp?)
    case dynamic(FilterOperand)
}
