/// Which functions there are.
package enum Dialect: Hashable, Sendable {
    /// The language as its own documentation has it.
    case standard
    /// As Step Functions has it: with `$partition`, `$range`, `$hash`, `$random(seed)`, `$uuid` and `$parse`, without `$eval`.
    ///
    /// There the input is no value of its own (`$` and `$$` are undefined): all data is in the variable `$states`.
    case stepFunctions
}
