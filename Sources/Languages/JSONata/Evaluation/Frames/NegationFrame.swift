/// Waits for what is to be negated.
final class NegationFrame: Frame {
    private let position: Int

    init(_ position: Int) { self.position = position }

    func resume(_ value: Value, _ evaluation: Evaluation) throws(JSONataError) -> Step {
        switch value {
        case .undefined: return .value(value)
        case .number(let number): return .value(.number(-number))
        default: throw JSONataError("D1002", at: position, token: "-", value: value.shown)
        }
    }
}
