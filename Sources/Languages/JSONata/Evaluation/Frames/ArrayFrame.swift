/// Gathers the items of `[...]`: what is written with brackets itself stays one item, other arrays are taken apart.
final class ArrayFrame: Frame {
    private let node: Node
    private let items: [Int]
    private let context: Context
    private var position = 0
    private var elements: [Value] = []

    init(_ node: Node, _ items: [Int], _ context: Context) {
        self.node = node
        self.items = items
        self.context = context
    }

    func resume(_ value: Value, _ evaluation: Evaluation) throws(JSONataError) -> Step {
        let item = context.program.nodes[items[position - 1]]
        switch (value, item.kind) {
        case (.undefined, _): break
        case (.array, .array): elements.append(value)
        case (.array(let list), _):
            try evaluation.meter.chargeElements(list.elements.count)
            if elements.isEmpty { elements = list.elements } else { elements += list.elements }
        default: elements.append(value)
        }
        return try next(evaluation)
    }

    /// Evaluates the next item, or gives the array.
    func next(_ evaluation: Evaluation) throws(JSONataError) -> Step {
        guard position < items.count else {
            return .value(try evaluation.meter.list(elements, node.isConstructed ? .constructed : []))
        }
        position += 1
        evaluation.push(self)
        return .evaluate(items[position - 1], context.inner)
    }
}
