/// Waits for a value that predicates, a grouping or `[]` stand behind.
final class DecorationFrame: Frame {
    private let node: Node
    private let context: Context
    private var stage = 0

    init(_ node: Node, _ context: Context) {
        self.node = node
        self.context = context
    }

    func resume(_ value: Value, _ evaluation: Evaluation) throws(JSONataError) -> Step {
        if stage < node.predicates.count {
            let predicate = node.predicates[stage]
            stage += 1
            evaluation.push(self)
            return try evaluation.filter(value, by: predicate, context)
        }
        if stage == node.predicates.count, let group = node.group, !node.isPath {
            stage += 1
            evaluation.push(self)
            return try GroupFrame(group.pairs, group.position, over: value, context).start(evaluation)
        }
        guard node.keepsArray, case .array(let list) = value, list.traits.contains(.sequence) else {
            return .value(value.unwrapped)
        }
        return .value(Value.array(list.with(list.traits.union(.keepsSingleton))).unwrapped)
    }
}
