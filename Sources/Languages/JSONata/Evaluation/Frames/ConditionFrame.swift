/// Waits for the condition of `condition ? then : otherwise`.
final class ConditionFrame: Frame {
    private let then: Int
    private let otherwise: Int?
    private let context: Context

    init(_ then: Int, _ otherwise: Int?, _ context: Context) {
        self.then = then
        self.otherwise = otherwise
        self.context = context
    }

    func resume(_ value: Value, _ evaluation: Evaluation) throws(JSONataError) -> Step {
        if try value.isTruthy(evaluation.meter) { return .evaluate(then, context.inner) }
        return otherwise.map { .evaluate($0, context.inner) } ?? .value(.undefined)
    }
}
