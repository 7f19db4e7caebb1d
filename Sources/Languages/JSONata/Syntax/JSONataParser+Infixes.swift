extension JSONataParser {
    /// What an operator makes of the part before it and what follows.
    mutating func infix(_ operator: Token, _ left: Int) throws(JSONataError) -> Int {
        let symbol = `operator`.text
        let position = `operator`.position
        switch symbol {
        case ".": return try step(left, at: position)
        case "[": return try predicate(left, at: position)
        case "{": return try group(left, at: position)
        case "(":
            let arguments = try arguments()
            if isFunctionWord(left) { return try definition(arguments, at: position) }
            return call(left, arguments, at: position)
        case "^": return try sort(left, at: position)
        case "@", "#": return try binding(symbol, left, at: position)
        case ":=": return try assignment(left, at: position)
        case "?": return try condition(left, at: position)
        case "?:", "??": return try alternative(symbol, left, at: position)
        case "~>": return try application(left, at: position)
        default: return try binary(symbol, left, at: position)
        }
    }

    private mutating func step(_ left: Int, at position: Int) throws(JSONataError) -> Int {
        let right = try expression(Self.power("."))
        return join(left, right, at: position)
    }

    private mutating func binary(_ symbol: String, _ left: Int, at position: Int) throws(JSONataError) -> Int {
        let right = try expression(Self.power(symbol))
        guard let binary = BinaryOperator(rawValue: symbol) else {
            throw JSONataError("S0201", at: position, token: symbol)
        }
        return add(.binary(binary, left, right), at: position, around: left, right)
    }

    private mutating func alternative(_ symbol: String, _ left: Int, at position: Int) throws(JSONataError) -> Int {
        let right = try expression(0)
        return add(
            symbol == "?:" ? .truthyOr(left, right) : .definedOr(left, right), at: position, around: left, right)
    }

    private mutating func predicate(_ left: Int, at position: Int) throws(JSONataError) -> Int {
        if isNext("]") {
            keepArray(left)
            try advance(afterOperand: true)
            return left
        }
        let filter = try expression(0)
        try expect("]", afterOperand: true)
        let step = steps(of: left)?.last ?? left
        if nodes[step].group != nil { note(JSONataError("S0209", at: position)) }
        seekParents(of: filter, from: step)
        if steps(of: left) == nil {
            nodes[step].predicates.append(filter)
        } else {
            nodes[step].stages.append(.filter(filter))
        }
        return left
    }

    /// `[]` behind a part; behind a name it is for all of the path that the name is in.
    private mutating func keepArray(_ node: Int) {
        nodes[node].keepsArray = true
        guard let steps = steps(of: node), let last = steps.last else { return }
        if case .sort = nodes[last].kind { return }
        nodes[last].keepsArray = true
        nodes[node].keepsSingleton = true
    }

    private mutating func group(_ left: Int, at position: Int) throws(JSONataError) -> Int {
        let pairs = try pairs()
        if nodes[left].group != nil { note(JSONataError("S0210", at: position)) }
        nodes[left].group = Node.Group(pairs: pairs, position: position)
        return left
    }

    private mutating func sort(_ left: Int, at position: Int) throws(JSONataError) -> Int {
        try expect("(")
        var terms: [NodeKind.SortTerm] = []
        while true {
            let isDescending = isNext(">")
            if isDescending || isNext("<") { try advance(afterOperand: false) }
            terms.append(NodeKind.SortTerm(expression: try expression(0), isDescending: isDescending))
            guard isNext(",") else { break }
            try expect(",")
        }
        try expect(")", afterOperand: true)
        let step = add(.sort(terms), at: position)
        for term in terms { adopt(term.expression, by: step) }
        let path = pathNode(left, at: position)
        nodes[path].steps.append(step)
        resolveParents(of: path)
        return path
    }

    /// `@$name` binds each value of a step, `#$name` its place.
    private mutating func binding(_ symbol: String, _ left: Int, at position: Int) throws(JSONataError) -> Int {
        let right = try expression(Self.power(symbol))
        guard case .variable(let name) = nodes[right].kind else {
            throw JSONataError("S0214", at: nodes[right].position, token: symbol)
        }
        guard symbol == "#" else {
            let step = steps(of: left)?.last ?? left
            if !nodes[step].stages.isEmpty || !nodes[step].predicates.isEmpty {
                note(JSONataError("S0215", at: position))
            }
            if case .sort = nodes[step].kind { note(JSONataError("S0216", at: position)) }
            nodes[step].focus = name
            nodes[step].isTuple = true
            return left
        }
        let path = pathNode(left, at: position)
        guard let step = steps(of: path)?.last else { return path }
        nodes[step].stages += nodes[step].predicates.map { .filter($0) }
        nodes[step].predicates = []
        if nodes[step].stages.isEmpty {
            nodes[step].index = name
        } else {
            nodes[step].stages.append(.index(name))
        }
        nodes[step].isTuple = true
        return path
    }

    private mutating func assignment(_ left: Int, at position: Int) throws(JSONataError) -> Int {
        guard case .variable(let name) = nodes[left].kind, nodes[left].predicates.isEmpty else {
            throw JSONataError("S0212", at: nodes[left].position, token: nodes[left].kind.name)
        }
        let value = try expression(Self.power(":=") - 1)
        return add(.binding(name, value), at: position, around: value)
    }

    private mutating func condition(_ left: Int, at position: Int) throws(JSONataError) -> Int {
        let then = try expression(0)
        guard isNext(":") else {
            return add(.condition(left, then: then, otherwise: nil), at: position, around: left, then)
        }
        try expect(":")
        let otherwise = try expression(0)
        return add(
            .condition(left, then: then, otherwise: otherwise), at: position, around: left, then, otherwise)
    }

    private mutating func application(_ left: Int, at position: Int) throws(JSONataError) -> Int {
        let right = try expression(Self.power("~>"))
        let node = add(.application(left, right), at: position)
        nodes[node].keepsArray = nodes[left].keepsArray || nodes[right].keepsArray
        return node
    }

    // MARK: Calls

    /// What stands between parentheses; `nil` for `?`.
    private mutating func arguments() throws(JSONataError) -> [Int?] {
        var arguments: [Int?] = []
        if !isNext(")") {
            while true {
                if isNext("?") {
                    try expect("?")
                    arguments.append(nil)
                } else {
                    arguments.append(try expression(0))
                }
                guard isNext(",") else { break }
                try expect(",")
            }
        }
        try expect(")", afterOperand: true)
        return arguments
    }

    private mutating func call(_ procedure: Int, _ arguments: [Int?], at position: Int) -> Int {
        let given = arguments.compactMap { $0 }
        let isComplete = given.count == arguments.count
        let node = add(isComplete ? .call(procedure, given) : .partial(procedure, arguments), at: position)
        for argument in given { adopt(argument, by: node) }
        return node
    }

    private func isFunctionWord(_ node: Int) -> Bool {
        guard let steps = steps(of: node), steps.count == 1, nodes[steps[0]].stages.isEmpty,
            case .name(let name) = nodes[steps[0]].kind
        else { return false }
        return name == "function" || name == "\u{03BB}"
    }

    private mutating func definition(_ arguments: [Int?], at position: Int) throws(JSONataError) -> Int {
        var parameters: [String] = []
        for (index, argument) in arguments.enumerated() {
            guard let argument, case .variable(let name) = nodes[argument].kind else {
                let place = argument.map { nodes[$0].position } ?? position
                throw JSONataError("S0208", at: place, value: String(index + 1))
            }
            parameters.append(name)
        }
        let signature = isNext("<") ? try signature() : nil
        try expect("{")
        let body = try expression(0)
        try expect("}", afterOperand: true)
        markTail(body)
        let definition = NodeKind.Definition(parameters: parameters, signature: signature, body: body)
        return add(.lambda(definition), at: position)
    }

    private mutating func signature() throws(JSONataError) -> Signature {
        let place = token.position
        var text = "<"
        var depth = 1
        while depth > 0, !isNext("{"), token.kind != .end {
            try advance(afterOperand: false)
            if isNext(">") { depth -= 1 } else if isNext("<") { depth += 1 }
            text += token.text
        }
        try expect(">")
        do {
            return try Signature(parsing: text)
        } catch {
            throw error.placed(at: place, token: text)
        }
    }

    /// Calls that a function ends with take no depth.
    private mutating func markTail(_ body: Int) {
        var pending = [body]
        while let node = pending.popLast() {
            let draft = nodes[node]
            guard draft.predicates.isEmpty, draft.group == nil, !draft.keepsArray else { continue }
            switch draft.kind {
            case .call: nodes[node].isTail = true
            case .condition(_, let then, let otherwise): pending += [then] + (otherwise.map { [$0] } ?? [])
            case .block(let parts): pending += parts.suffix(1)
            default: break
            }
        }
    }
}
