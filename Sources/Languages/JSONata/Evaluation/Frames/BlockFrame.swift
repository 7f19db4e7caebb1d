/// Evaluates the parts of a block, one after the other; the last one gives its value.
final class BlockFrame: Frame {
    private let parts: [Int]
    private let context: Context
    private var next = 1

    init(_ parts: [Int], _ context: Context) {
        self.parts = parts
        self.context = context
    }

    func resume(_ value: Value, _ evaluation: Evaluation) throws(JSONataError) -> Step {
        let part = parts[next]
        next += 1
        if next < parts.count { evaluation.push(self) }
        return .evaluate(part, context)
    }
}
