/// Takes the steps of a path, each over all that the one before it gave.
final class PathFrame: Frame {
    private let node: Node
    private let steps: [Int]
    private let context: Context
    private var step = 0
    private var input: [Value]
    /// What the step gave so far, one for each element of the input.
    private var results: [Value] = []
    private var position = 0
    /// How many predicates of the step were applied to what it gave for this element; `nil` before the first.
    private var stage: Int?
    private var phase = Phase.steps

    private enum Phase {
        case steps
        /// The first step is an array that is taken as it is.
        case array
        case sorting(stage: Int)
        case tuples
        case group
    }

    init(_ node: Node, _ steps: [Int], _ input: [Value], _ context: Context) {
        self.node = node
        self.steps = steps
        self.input = input
        self.context = context
    }

    private var current: Node { context.program.nodes[steps[step]] }

    func resume(_ value: Value, _ evaluation: Evaluation) throws(JSONataError) -> Step {
        switch phase {
        case .steps:
            return try took(value, evaluation)
        case .array: return try finished(value, evaluation)
        case .sorting(let stage): return try sorted(value, stage, evaluation)
        case .tuples: return try gather(value, evaluation)
        case .group: return .value(decorated(value))
        }
    }

    /// Begins the step that is next.
    func nextStep(_ evaluation: Evaluation) throws(JSONataError) -> Step {
        let current = current
        if current.isTuple {
            phase = .tuples
            evaluation.push(self)
            return try TupleFrame(Array(steps[step...]), input, context).next(evaluation)
        }
        if step == 0, current.isConstructed {
            phase = .array
            evaluation.push(self)
            return .evaluate(steps[0], context.inner(try evaluation.meter.sequence(input)))
        }
        if case .sort(let terms) = current.kind {
            phase = .sorting(stage: 0)
            evaluation.push(self)
            return try SortFrame(terms, current.position, input, isTuples: false, context).next(evaluation)
        }
        results = []
        position = 0
        stage = nil
        phase = .steps
        return try nextElement(evaluation)
    }

    private func nextElement(_ evaluation: Evaluation) throws(JSONataError) -> Step {
        if case .name(let name) = current.kind, current.stages.isEmpty, !current.isDecorated {
            // Most steps are names: they need no detour.
            try evaluation.meter.step(input.count)
            for element in input[position...] {
                let value = try evaluation.lookUp(name, in: element).unwrapped
                if !value.isUndefined { results.append(value) }
            }
            position = input.count
        }
        guard position < input.count else { return try finishedStep(evaluation) }
        position += 1
        stage = nil
        evaluation.push(self)
        return .evaluate(steps[step], context.inner(input[position - 1]))
    }

    private func took(_ value: Value, _ evaluation: Evaluation) throws(JSONataError) -> Step {
        let next = stage.map { $0 + 1 } ?? 0
        if next < current.stages.count, case .filter(let predicate) = current.stages[next] {
            stage = next
            evaluation.push(self)
            return try evaluation.filter(value, by: predicate, context)
        }
        if !value.isUndefined { results.append(value) }
        return try nextElement(evaluation)
    }

    private func finishedStep(_ evaluation: Evaluation) throws(JSONataError) -> Step {
        let isLast = step == steps.count - 1
        if isLast, results.count == 1, case .array(let only) = results[0], !only.traits.contains(.sequence) {
            return try finished(results[0], evaluation)
        }
        var flat: [Value] = []
        for result in results {
            if case .array(let list) = result, !list.traits.contains(.constructed) {
                try evaluation.meter.chargeElements(list.elements.count)
                flat += list.elements
            } else {
                flat.append(result)
            }
        }
        return try finished(try evaluation.meter.sequence(flat), evaluation)
    }

    private func sorted(_ value: Value, _ stage: Int, _ evaluation: Evaluation) throws(JSONataError) -> Step {
        guard stage < current.stages.count, case .filter(let predicate) = current.stages[stage] else {
            return try finished(value, evaluation)
        }
        phase = .sorting(stage: stage + 1)
        evaluation.push(self)
        return try evaluation.filter(value, by: predicate, context)
    }

    /// A step gave all of its values.
    private func finished(_ value: Value, _ evaluation: Evaluation) throws(JSONataError) -> Step {
        step += 1
        if step < steps.count, !value.items.isEmpty {
            input = value.items
            return try nextStep(evaluation)
        }
        return try gather(value, evaluation)
    }

    /// The steps are done: what remains is to group and to unwrap.
    private func gather(_ value: Value, _ evaluation: Evaluation) throws(JSONataError) -> Step {
        var result = value
        var tuples: [Value]?
        if case .array(let list) = value, list.traits.contains(.tuples) {
            tuples = list.elements
            if !node.isTuple {
                result = try evaluation.meter.sequence(
                    list.elements.map { tuple in
                        guard case .object(let record) = tuple else { return tuple }
                        return record[Record.rowValue] ?? .undefined
                    })
            }
        }
        if node.keepsSingleton, case .array(let list) = result {
            // An array that was written as one is an element of what is kept.
            let isWritten = list.traits.contains(.constructed) && !list.traits.contains(.sequence)
            result =
                isWritten
                ? try evaluation.meter.list([result], [.sequence, .keepsSingleton])
                : .array(list.with(list.traits.union(.keepsSingleton)))
        }
        guard let group = node.group else { return .value(decorated(result)) }
        phase = .group
        evaluation.push(self)
        let input = tuples == nil ? result : value
        return try GroupFrame(group.pairs, group.position, over: input, context).start(evaluation)
    }

    private func decorated(_ value: Value) -> Value { node.keepsArray ? value : value.unwrapped }
}
