/// Whose rules a path is read by.
package enum PathDialect: Hashable, Sendable {
    /// RFC 9535, to the letter.
    case rfc9535
    /// What Step Functions takes: names may hold hyphens and begin with digits, `$$` is the context object, `$name` a
    /// variable, `length()` may end a path, and functions in filters are refused.
    case stepFunctions
}
