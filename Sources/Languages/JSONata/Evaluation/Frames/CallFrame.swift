/// Evaluates what is called and its arguments, then calls it or keeps them for later.
final class CallFrame: Frame {
    private let node: Node
    private let procedure: Int
    /// `nil` stands for `?`.
    private let arguments: [Int?]
    private let context: Context
    private var function: Value?
    private var values: [Value?] = []
    /// How many of the values stand before the arguments: the left side of `~>`.
    private let offset: Int

    init(_ node: Node, _ procedure: Int, _ arguments: [Int?], _ context: Context, applyingTo first: Value? = nil) {
        self.node = node
        self.procedure = procedure
        self.arguments = arguments
        self.context = context
        if let first { values.append(first) }
        offset = values.count
    }

    func resume(_ value: Value, _ evaluation: Evaluation) throws(JSONataError) -> Step {
        if function == nil { function = value } else { values.append(value) }
        return try next(evaluation)
    }

    /// Finds out what is called.
    func start(_ evaluation: Evaluation) throws(JSONataError) -> Step {
        let callee = context.program.nodes[procedure]
        if case .variable(let name) = callee.kind, !callee.isDecorated {
            function = try evaluation.variable(name, context)
            return try next(evaluation)
        }
        evaluation.push(self)
        return .evaluate(procedure, context.inner)
    }

    private func next(_ evaluation: Evaluation) throws(JSONataError) -> Step {
        while values.count - offset < arguments.count {
            guard let argument = arguments[values.count - offset] else {
                values.append(nil)
                continue
            }
            evaluation.push(self)
            return .evaluate(argument, context.inner)
        }
        return try finish(evaluation)
    }

    private func finish(_ evaluation: Evaluation) throws(JSONataError) -> Step {
        let name = calledName
        guard case .function(let callee) = function else { throw notCallable(name, evaluation) }
        if case .partial = node.kind {
            let depth = values.map { $0?.shape.depth ?? 0 }.max() ?? 0
            return .value(try evaluation.meter.function(.partial(callee, values), holding: callee.depth, depth))
        }
        let site = CallSite(
            input: context.input, position: node.position, token: name,
            depth: node.isTail ? context.tailDepth : context.depth, environment: context.environment)
        return try evaluation.call(callee, values.map { $0 ?? .undefined }, site)
    }

    private var calledName: String? {
        let callee = context.program.nodes[procedure]
        switch callee.kind {
        case .variable(let name): return name
        case .path(let steps):
            if case .name(let name) = context.program.nodes[steps[0]].kind { return name }
            return nil
        default: return nil
        }
    }

    /// Says so, and whether only a dollar sign is missing.
    private func notCallable(_ name: String?, _ evaluation: Evaluation) -> JSONataError {
        let isPartial = if case .partial = node.kind { true } else { false }
        var code = isPartial ? "T1008" : "T1006"
        if let name, function?.isUndefined != false, context.program.nodes[procedure].isPath,
            context.environment.value(of: name) != nil || Builtin.named(name, in: evaluation.dialect) != nil
        {
            code = isPartial ? "T1007" : "T1005"
        }
        return JSONataError(code, at: node.position, token: name)
    }
}
