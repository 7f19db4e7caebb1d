/// Waits for the value of a variable.
final class BindingFrame: Frame {
    private let name: String
    private let environment: Environment

    init(_ name: String, _ environment: Environment) {
        self.name = name
        self.environment = environment
    }

    func resume(_ value: Value, _ evaluation: Evaluation) throws(JSONataError) -> Step {
        try evaluation.bind(name, value, in: environment)
        return .value(value)
    }
}
