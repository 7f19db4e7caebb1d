/// Waits for the two sides of `~>`.
final class ApplicationFrame: Frame {
    private let node: Node
    private let right: Int
    private let context: Context
    private var left: Value?

    init(_ node: Node, _ right: Int, _ context: Context) {
        self.node = node
        self.right = right
        self.context = context
    }

    func resume(_ value: Value, _ evaluation: Evaluation) throws(JSONataError) -> Step {
        guard let left else { return try start(value, evaluation) }
        guard case .function(let function) = value else {
            throw JSONataError("T2006", at: node.position, token: "~>", value: value.shown)
        }
        if case .function(let first) = left {
            return .value(
                try evaluation.meter.function(.chain(first, function), holding: first.depth, function.depth))
        }
        let site = CallSite(input: .null, position: node.position, token: nil, depth: context.depth)
        return try evaluation.call(function, [left], site)
    }

    /// A call on the right gets the left side as its first argument; anything else is called with it.
    private func start(_ value: Value, _ evaluation: Evaluation) throws(JSONataError) -> Step {
        let callee = context.program.nodes[right]
        if case .call(let procedure, let arguments) = callee.kind {
            if callee.isDecorated { evaluation.push(DecorationFrame(callee, context)) }
            return try CallFrame(callee, procedure, arguments.map { $0 }, context, applyingTo: value).start(evaluation)
        }
        left = value
        evaluation.push(self)
        return .evaluate(right, context.inner)
    }
}
