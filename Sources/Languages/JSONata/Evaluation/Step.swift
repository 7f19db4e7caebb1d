/// What an evaluation does next.
enum Step {
    /// Evaluates a part of the context's program.
    case evaluate(Int, Context)
    /// Hands a value to the frame that waits for it.
    case value(Value)
}
