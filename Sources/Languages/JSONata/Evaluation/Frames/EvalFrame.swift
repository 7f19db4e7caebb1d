/// Marks that what is above it is evaluated by `$eval`, whose errors are its own.
final class EvalFrame: Frame {
    func resume(_ value: Value, _ evaluation: Evaluation) throws(JSONataError) -> Step { .value(value) }
}
