extension Evaluation {
    /// Begins to evaluate a part: gives its value at once, or says what is needed first.
    func begin(_ node: Node, _ context: Context) throws(JSONataError) -> Step {
        try meter.step()
        guard context.depth <= meter.limits.depth else {
            throw JSONataError.tooDeep(at: node.position, limit: meter.limits.depth)
        }
        if node.isDecorated { push(DecorationFrame(node, context)) }
        switch node.kind {
        case .path(let steps): return try path(node, steps, context)
        case .binary(let `operator`, let left, let right):
            push(BinaryFrame(`operator`, right, node.position, context))
            return .evaluate(left, context.inner)
        case .condition(let condition, let then, let otherwise):
            push(ConditionFrame(then, otherwise, context))
            return .evaluate(condition, context.inner)
        case .truthyOr(let left, let right):
            push(AlternativeFrame(right, context, needsTruth: true))
            return .evaluate(left, context.inner)
        case .definedOr(let left, let right):
            push(AlternativeFrame(right, context, needsTruth: false))
            return .evaluate(left, context.inner)
        case .block(let parts): return try block(parts, context)
        case .binding(let name, let value):
            push(BindingFrame(name, context.environment))
            return .evaluate(value, context.inner)
        case .call(let procedure, let arguments):
            if !node.isTail, !node.isDecorated { push(SequenceFrame()) }
            let frame = CallFrame(node, procedure, arguments.map { $0 }, context)
            return try frame.start(self)
        case .partial(let procedure, let arguments):
            return try CallFrame(node, procedure, arguments, context).start(self)
        case .application(let left, let right):
            if !node.isDecorated { push(SequenceFrame()) }
            push(ApplicationFrame(node, right, context))
            return .evaluate(left, context.inner)
        case .array(let items): return try ArrayFrame(node, items, context).next(self)
        case .object(let pairs):
            return try GroupFrame(pairs, node.position, over: context.input, context).start(self)
        case .negation(let inner):
            push(NegationFrame(node.position))
            return .evaluate(inner, context.inner)
        default:
            let value = try immediate(node, context)
            return .value(node.isDecorated ? value : value.unwrapped)
        }
    }

    /// The value of a part that needs no other.
    private func immediate(_ node: Node, _ context: Context) throws(JSONataError) -> Value {
        switch node.kind {
        case .null: return .null
        case .bool(let flag): return .bool(flag)
        case .number(let number): return .number(number)
        case .string(let text): return .string(text)
        case .name(let name): return try lookUp(name, in: context.input)
        case .variable(let name): return try variable(name, context)
        case .wildcard: return try wildcard(context.input)
        case .descendants: return try descendants(context.input)
        case .regex(let expression): return try meter.function(.regex(expression))
        case .lambda(let definition):
            let lambda = Lambda(
                program: context.program, parameters: definition.parameters, signature: definition.signature,
                body: definition.body, input: context.input, environment: context.environment)
            return try meter.function(.lambda(lambda), holding: context.input.shape.depth)
        case .transform(let pattern, let update, let delete):
            let transform = Transform(pattern: pattern, update: update, delete: delete, context: context)
            return try meter.function(.transform(transform), holding: context.input.shape.depth)
        default: return .undefined
        }
    }

    private func block(_ parts: [Int], _ context: Context) throws(JSONataError) -> Step {
        guard let first = parts.first else { return .value(.undefined) }
        var inner = context.inner
        inner.environment = try environment(inside: context.environment)
        if parts.count > 1 { push(BlockFrame(parts, inner)) }
        return .evaluate(first, inner)
    }

    private func path(_ node: Node, _ steps: [Int], _ context: Context) throws(JSONataError) -> Step {
        var input = [context.input]
        if case .array(let list) = context.input {
            if case .variable = context.program.nodes[steps[0]].kind {} else { input = list.elements }
        }
        return try PathFrame(node, steps, input, context).nextStep(self)
    }

    /// The values of a name in an object, or in each object of an array.
    func lookUp(_ name: String, in input: Value) throws(JSONataError) -> Value {
        switch input {
        case .object(let record): return record[name] ?? .undefined
        case .array(let list):
            try meter.step(list.elements.count)
            var found: [Value] = []
            for element in list.elements {
                switch try lookUp(name, in: element) {
                case .undefined: continue
                case .array(let inner): found += inner.elements
                case let value: found.append(value)
                }
            }
            return try meter.sequence(found)
        default: return .undefined
        }
    }

    /// The values of all members, arrays taken apart.
    private func wildcard(_ input: Value) throws(JSONataError) -> Value {
        var values: [Value] = []
        // Where an array was taken apart, the reference implementation gives an array, not a sequence.
        var traits: List.Traits = .sequence
        switch input {
        case .array(let list) where list.traits.contains(.wrapper) && list.elements.count == 1:
            return try wildcard(list.elements[0])
        case .object(let record):
            for value in record.values {
                guard value.list != nil else {
                    values.append(value)
                    continue
                }
                traits = []
                try flatten(value, into: &values)
            }
        case .array(let list):
            if list.elements.contains(where: { $0.list != nil }) { traits = [] }
            try flatten(.array(list), into: &values)
        default: break
        }
        return try meter.list(values, traits)
    }

    private func flatten(_ value: Value, into values: inout [Value]) throws(JSONataError) {
        try meter.step()
        guard case .array(let list) = value else {
            try meter.chargeElements(1)
            values.append(value)
            return
        }
        for element in list.elements { try flatten(element, into: &values) }
    }

    /// The value and everything in it, arrays only by their elements.
    private func descendants(_ input: Value) throws(JSONataError) -> Value {
        if input.isUndefined { return .undefined }
        var found: [Value] = []
        try descend(input, into: &found)
        return found.count == 1 ? found[0] : try meter.sequence(found)
    }

    private func descend(_ value: Value, into found: inout [Value]) throws(JSONataError) {
        try meter.step()
        try meter.chargeElements(1)
        switch value {
        case .array(let list):
            for element in list.elements { try descend(element, into: &found) }
        case .object(let record):
            found.append(value)
            for member in record.values { try descend(member, into: &found) }
        default: found.append(value)
        }
    }
}
