extension JSONataParser {
    /// The part as a path.
    mutating func pathNode(_ node: Int, at position: Int) -> Int {
        if steps(of: node) != nil { return node }
        let path = add(.path([]), at: position)
        nodes[path].steps = [node]
        return path
    }

    /// A path and a step behind it, or two paths.
    mutating func join(_ left: Int, _ right: Int, at position: Int) -> Int {
        let path = pathNode(left, at: nodes[left].position)
        if case .parent(let slot) = nodes[left].kind { nodes[path].seeking = [slot] }
        var more = [right]
        if let steps = steps(of: right) {
            more = steps
        } else {
            nodes[right].stages = nodes[right].predicates.map { .filter($0) } + nodes[right].stages
            nodes[right].predicates = []
        }
        let last = nodes[path].steps.last ?? left
        nodes[path].steps += more
        shape(nodes[path].steps.prefix(1) + [last] + more, of: path)
        resolveParents(of: path)
        return path
    }

    /// Steps that were joined become names, and what they say of the whole path is said of it.
    private mutating func shape(_ steps: [Int], of path: Int) {
        for step in steps {
            switch nodes[step].kind {
            case .number(let number):
                note(JSONataError("S0213", at: nodes[step].position, value: NumberText.shortest(number)))
            case .bool(let flag): note(JSONataError("S0213", at: nodes[step].position, value: String(flag)))
            case .null: note(JSONataError("S0213", at: nodes[step].position, value: "null"))
            case .string(let text): nodes[step].kind = .name(text)
            default: break
            }
            if nodes[step].keepsArray { nodes[path].keepsSingleton = true }
        }
        for step in [nodes[path].steps.first, nodes[path].steps.last].compactMap({ $0 }) {
            if case .array = nodes[step].kind { nodes[step].isConstructed = true }
        }
    }

    // MARK: Parents

    /// Whether a part is nothing but `%`.
    func isParent(_ node: Int) -> Bool {
        if case .parent = nodes[node].kind { true } else { false }
    }

    /// What `%` in a part looks for, what is around the part looks for.
    mutating func adopt(_ part: Int, by outer: Int) {
        nodes[outer].seeking += nodes[part].seeking
        if case .parent(let slot) = nodes[part].kind { nodes[outer].seeking.append(slot) }
    }

    /// What `%` in a predicate looks for begins with the step that the predicate is of.
    mutating func seekParents(of predicate: Int, from step: Int) {
        for slot in nodes[predicate].seeking {
            if slots[slot].level == 1 { seek(slot, in: step) } else { slots[slot].level -= 1 }
        }
        adopt(predicate, by: step)
    }

    /// Gives every `%` of the last step the step it means; what is further out than the path begins stays open.
    mutating func resolveParents(of path: Int) {
        guard let steps = steps(of: path), let last = steps.last else { return }
        var seeking = nodes[last].seeking
        if case .parent(let slot) = nodes[last].kind { seeking.append(slot) }
        for slot in seeking {
            var index = steps.count - 2
            while slots[slot].level > 0 {
                guard index >= 0 else {
                    nodes[path].seeking.append(slot)
                    break
                }
                var step = steps[index]
                index -= 1
                // Steps in a row that bind what they find leave the context as it is.
                while index >= 0, nodes[step].focus != nil, nodes[steps[index]].focus != nil {
                    step = steps[index]
                    index -= 1
                }
                seek(slot, in: step)
            }
        }
    }

    /// Goes one step outwards, into the last steps of what is in parentheses.
    private mutating func seek(_ slot: Int, in node: Int) {
        switch nodes[node].kind {
        case .name, .wildcard:
            slots[slot].level -= 1
            guard slots[slot].level == 0 else { return }
            if let known = nodes[node].ancestor { slots[slot].label = slots[known].label }
            nodes[node].ancestor = slot
            nodes[node].isTuple = true
        case .parent: slots[slot].level += 1
        case .block(let parts):
            guard let last = parts.last else { return }
            nodes[node].isTuple = true
            seek(slot, in: last)
        case .path:
            nodes[node].isTuple = true
            for (count, step) in nodes[node].steps.reversed().enumerated() where count == 0 || slots[slot].level > 0 {
                seek(slot, in: step)
            }
        default: note(JSONataError("S0217", at: nodes[node].position, token: nodes[node].kind.name))
        }
    }
}
