/// Something half done that waits for a value.
///
/// The frames of an evaluation are its stack: it lies on the heap, so that depth is bounded by a count and not by the thread.
protocol Frame: AnyObject {
    /// Goes on with the value; pushes itself again if it needs another.
    func resume(_ value: Value, _ evaluation: Evaluation) throws(JSONataError) -> Step
}
