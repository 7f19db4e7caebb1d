/// Waits for the left side of `?:` or `??`, which may do.
final class AlternativeFrame: Frame {
    private let right: Int
    private let context: Context
    private let suffices: (Value) -> Bool

    init(_ right: Int, _ context: Context, _ suffices: @escaping (Value) -> Bool) {
        self.right = right
        self.context = context
        self.suffices = suffices
    }

    func resume(_ value: Value, _ evaluation: Evaluation) throws(JSONataError) -> Step {
        suffices(value) ? .value(value) : .evaluate(right, context.inner)
    }
}
