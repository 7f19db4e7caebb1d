import Core

/// Makes an object: evaluates the keys for each value, then the value of each key for all that have it.
final class GroupFrame: Frame {
    private let pairs: [Node.Pair]
    private let position: Int
    private let input: [Value]
    private let isTuples: Bool
    private let context: Context
    private var groups: [Entry] = []
    private var places: [ExactKey: Int] = [:]
    /// How many keys were evaluated, then how many values.
    private var done = 0
    private var isGathering = true
    private let record = Record()

    private struct Entry {
        let key: String
        let pair: Int
        var members: [Value]
    }

    init(_ pairs: [Node.Pair], _ position: Int, over value: Value, _ context: Context) {
        self.pairs = pairs
        self.position = position
        self.context = context
        isTuples = value.list?.traits.contains(.tuples) == true
        // An object can be made of nothing.
        input = value.items.isEmpty && !isTuples ? [.undefined] : value.items
    }

    func resume(_ value: Value, _ evaluation: Evaluation) throws(JSONataError) -> Step {
        if isGathering {
            try gather(value, evaluation.meter)
            done += 1
            return try nextKey(evaluation)
        }
        if !value.isUndefined {
            try evaluation.meter.chargeMember(groups[done].key)
            record.set(groups[done].key, value)
        }
        done += 1
        return try nextValue(evaluation)
    }

    /// Begins with the first key.
    func start(_ evaluation: Evaluation) throws(JSONataError) -> Step { try nextKey(evaluation) }

    private func nextKey(_ evaluation: Evaluation) throws(JSONataError) -> Step {
        guard done < input.count * pairs.count else {
            isGathering = false
            done = 0
            return try nextValue(evaluation)
        }
        evaluation.push(self)
        let element = input[done / pairs.count]
        return .evaluate(pairs[done % pairs.count].key, try inner(element, evaluation))
    }

    private func inner(_ element: Value, _ evaluation: Evaluation) throws(JSONataError) -> Context {
        guard isTuples, case .object(let tuple) = element else { return context.inner(element) }
        var inner = context.inner(tuple[Record.rowValue] ?? .undefined)
        inner.environment = try evaluation.environment(of: tuple, inside: context.environment)
        return inner
    }

    private func gather(_ key: Value, _ meter: Meter) throws(JSONataError) {
        let element = input[done / pairs.count]
        let pair = done % pairs.count
        switch key {
        case .undefined: return
        case .string(let key):
            try meter.chargeMember(key)
            guard let place = places[ExactKey(text: key)] else {
                places[ExactKey(text: key)] = groups.count
                groups.append(Entry(key: key, pair: pair, members: [element]))
                return
            }
            guard groups[place].pair == pair else {
                throw JSONataError("D1009", at: position, value: Value.string(key).shown)
            }
            groups[place].members.append(element)
        default: throw JSONataError("T1003", at: position, value: key.shown)
        }
    }

    private func nextValue(_ evaluation: Evaluation) throws(JSONataError) -> Step {
        guard done < groups.count else { return .value(try evaluation.meter.object(record)) }
        let group = groups[done]
        let together = isTuples ? try merged(group.members, evaluation) : try joined(group.members, evaluation.meter)
        evaluation.push(self)
        return .evaluate(pairs[group.pair].value, try inner(together, evaluation))
    }

    /// One value as it is, several as an array.
    private func joined(_ members: [Value], _ meter: Meter) throws(JSONataError) -> Value {
        guard members.count > 1 else { return members[0] }
        var flat: [Value] = []
        for member in members {
            try meter.chargeElements(member.items.count)
            flat += member.items
        }
        return try meter.list(flat)
    }

    /// Rows of bindings as one row, in which each name has all of its values.
    private func merged(_ members: [Value], _ evaluation: Evaluation) throws(JSONataError) -> Value {
        var columns: [String: [Value]] = [:]
        var names: [String] = []
        for case .object(let tuple) in members {
            for (name, value) in zip(tuple.keys, tuple.values) {
                if columns[name] == nil { names.append(name) }
                columns[name, default: []].append(value)
            }
        }
        let merged = Record()
        for name in names { merged.set(name, try joined(columns[name] ?? [], evaluation.meter)) }
        return try evaluation.meter.object(merged)
    }
}
