import Core

/// Copies an object, and changes in the copy what a pattern finds.
final class TransformFrame: Frame {
    private let transform: Transform
    private let context: Context
    private let site: CallSite
    private var number = 0
    private var copy = Value.undefined
    private var matches: [Value] = []
    private var position = 0
    private var phase = Phase.pattern

    private enum Phase {
        case clone
        case pattern
        case update
        case delete
    }

    init(_ transform: Transform, _ site: CallSite) {
        self.transform = transform
        self.site = site
        var context = transform.context
        context.depth = site.depth + 1
        context.tailDepth = site.depth
        self.context = context
    }

    /// Begins with the copy; what is undefined stays so.
    func start(_ value: Value, _ evaluation: Evaluation) throws(JSONataError) -> Step {
        switch value {
        case .undefined: return .value(.undefined)
        case .object, .array: break
        default: throw JSONataError("T0410", value: value.shown, details: ["index": "1"])
        }
        number = evaluation.nextTransform()
        guard let clone = context.environment.value(of: Builtin.clone.rawValue) else {
            return try find(value, evaluation)
        }
        guard case .function(let function) = clone else { throw JSONataError("T2013", at: site.position) }
        phase = .clone
        evaluation.push(self)
        return try evaluation.call(function, [value], site.fromFunction)
    }

    private func find(_ value: Value, _ evaluation: Evaluation) throws(JSONataError) -> Step {
        phase = .pattern
        copy = try evaluation.meter.copy(value, owner: number, depth: 1)
        evaluation.push(self)
        return .evaluate(transform.pattern, context.inner(copy))
    }

    func resume(_ value: Value, _ evaluation: Evaluation) throws(JSONataError) -> Step {
        switch phase {
        case .clone: return try find(value, evaluation)
        case .pattern: matches = value.items
        case .update:
            try update(value, evaluation.meter)
            if let delete = transform.delete {
                phase = .delete
                evaluation.push(self)
                return .evaluate(delete, context.inner(matches[position - 1]))
            }
        case .delete: try delete(value, evaluation.meter)
        }
        return try nextMatch(evaluation)
    }

    private func nextMatch(_ evaluation: Evaluation) throws(JSONataError) -> Step {
        guard position < matches.count else {
            return .value(try evaluation.meter.copy(copy, owner: 0, depth: 1))
        }
        position += 1
        phase = .update
        evaluation.push(self)
        return .evaluate(transform.update, context.inner(matches[position - 1]))
    }

    /// What is changed, if it is a part of the copy.
    private var target: Record? {
        guard case .object(let record) = matches[position - 1], record.owner == number else { return nil }
        return record
    }

    private func update(_ value: Value, _ meter: Meter) throws(JSONataError) {
        switch value {
        case .undefined: return
        case .object(let record):
            // A copy of the new members, so that an object can be put into itself as it was.
            guard case .object(let members) = try meter.copy(value, owner: 0, depth: 1) else { return }
            for (key, member) in zip(record.keys, members.values) {
                try meter.chargeMember(key)
                target?.set(key, member)
            }
        default:
            throw JSONataError(
                "T2011", at: context.program.nodes[transform.update].position, value: value.shown)
        }
    }

    private func delete(_ value: Value, _ meter: Meter) throws(JSONataError) {
        for item in value.items {
            guard case .string(let key) = item else {
                let place = transform.delete.map { context.program.nodes[$0].position }
                throw JSONataError("T2012", at: place, value: value.shown)
            }
            try meter.step(1 + (target?.count ?? 0))
            target?.remove(key)
        }
    }
}

extension Meter {
    /// A copy that shares no object with the original; functions are texts in it, as JSON has none.
    func copy(_ value: Value, owner: Int, depth: Int) throws(JSONataError) -> Value {
        try step()
        switch value {
        case .array(let list):
            try check(depth: depth)
            var elements: [Value] = []
            elements.reserveCapacity(list.elements.count)
            for element in list.elements { elements.append(try copy(element, owner: owner, depth: depth + 1)) }
            return try self.list(elements)
        case .object(let record):
            try check(depth: depth)
            var values: [Value] = []
            values.reserveCapacity(record.count)
            for (key, member) in zip(record.keys, record.values) {
                try chargeMember(key)
                values.append(try copy(member, owner: owner, depth: depth + 1))
            }
            return try object(Record(keys: record.keys, values: values, owner: owner))
        case .function: return .string("")
        default: return value
        }
    }
}
