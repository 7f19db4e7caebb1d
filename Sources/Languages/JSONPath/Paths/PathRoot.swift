/// What a path begins at.
package enum PathRoot: Hashable, Sendable {
    /// `$`: the document, in Step Functions the input of the state or the result of its task.
    case document
    /// `$$`: the context object of Step Functions.
    case context
    /// `$name`: a variable of Step Functions.
    case variable(String)
}
