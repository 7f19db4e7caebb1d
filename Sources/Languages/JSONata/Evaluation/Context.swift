/// Where an expression is evaluated.
struct Context {
    let program: Program
    /// What `$` and names mean.
    var input: Value
    var environment: Environment
    /// How many evaluations are around this one.
    var depth: Int
    /// How many are around a call that is the last thing the function around it does.
    var tailDepth: Int

    /// The same, one evaluation further in.
    var inner: Context {
        var inner = self
        inner.depth += 1
        return inner
    }

    /// The same for another input, one evaluation further in.
    func inner(_ input: Value) -> Context {
        var inner = self
        inner.input = input
        inner.depth += 1
        return inner
    }
}
