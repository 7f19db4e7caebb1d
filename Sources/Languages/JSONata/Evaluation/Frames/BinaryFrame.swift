/// Waits for the two sides of an operator.
final class BinaryFrame: Frame {
    private let `operator`: BinaryOperator
    private let right: Int
    private let position: Int
    private let context: Context
    private var left: Value?

    init(_ operator: BinaryOperator, _ right: Int, _ position: Int, _ context: Context) {
        self.operator = `operator`
        self.right = right
        self.position = position
        self.context = context
    }

    func resume(_ value: Value, _ evaluation: Evaluation) throws(JSONataError) -> Step {
        guard let left else {
            if `operator` == .and || `operator` == .or {
                let isTrue = try value.isTruthy(evaluation.meter)
                if isTrue == (`operator` == .or) { return .value(.bool(isTrue)) }
            }
            left = value
            evaluation.push(self)
            return .evaluate(right, context.inner)
        }
        do {
            return .value(try `operator`.result(left, value, evaluation.meter))
        } catch {
            throw error.placed(at: position, token: `operator`.rawValue)
        }
    }
}
