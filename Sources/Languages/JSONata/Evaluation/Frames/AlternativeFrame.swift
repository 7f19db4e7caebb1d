/// Waits for the left side of `?:` or `??`, which may do.
final class AlternativeFrame: Frame {
    private let right: Int
    private let context: Context
    private let needsTruth: Bool

    init(_ right: Int, _ context: Context, needsTruth: Bool) {
        self.right = right
        self.context = context
        self.needsTruth = needsTruth
    }

    func resume(_ value: Value, _ evaluation: Evaluation) throws(JSONataError) -> Step {
        let suffices = needsTruth ? try value.isTruthy(evaluation.meter) : !value.isUndefined
        return suffices ? .value(value) : .evaluate(right, context.inner)
    }
}
