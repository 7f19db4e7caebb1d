/// Waits for the result of a call: a sequence of one is that one.
final class SequenceFrame: Frame {
    func resume(_ value: Value, _ evaluation: Evaluation) throws(JSONataError) -> Step { .value(value.unwrapped) }
}
