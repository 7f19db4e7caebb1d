extension Program {
    /// What the expression refers to in the input as a whole, in the order in which it is written, each once: names, `$` and `$$`.
    ///
    /// The first step of a path looks into the input; what stands behind it, in predicates, groups and orders, looks into what the
    /// step gave. The body of a function looks where the function is defined.
    var inputReferences: [String] {
        var found: [String] = []
        var waiting = [root]
        while let number = waiting.popLast() {
            let name: String
            switch nodes[number].kind {
            case .name(let text): name = text
            case .variable(""): name = "$"
            case .variable("$"): name = "$$"
            case let kind:
                waiting += kind.partsInSameContext.reversed()
                continue
            }
            if !found.contains(name) { found.append(name) }
        }
        return found
    }
}

extension NodeKind {
    /// The parts that are evaluated for what the whole is evaluated for.
    fileprivate var partsInSameContext: [Int] {
        switch self {
        case .path(let steps): Array(steps.prefix(1))
        case .negation(let part), .binding(_, let part): [part]
        case .array(let parts), .block(let parts): parts
        case .object(let pairs): pairs.flatMap { [$0.key, $0.value] }
        case .binary(_, let left, let right), .truthyOr(let left, let right), .definedOr(let left, let right),
            .application(let left, let right):
            [left, right]
        case .condition(let condition, let then, let otherwise): [condition, then, otherwise].compactMap { $0 }
        case .call(let function, let arguments): [function] + arguments
        case .partial(let function, let arguments): [function] + arguments.compactMap { $0 }
        case .lambda(let definition): [definition.body]
        case .null, .bool, .number, .string, .name, .variable, .wildcard, .descendants, .parent, .regex, .sort,
            .transform, .missing:
            []
        }
    }
}
