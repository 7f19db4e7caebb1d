extension JSONataParser {
    /// What begins with a token.
    mutating func prefix(_ token: Token) throws(JSONataError) -> Int {
        let position = token.position
        switch token.kind {
        case .end:
            note(JSONataError("S0207", at: position, token: "(end)"))
            return add(.missing, at: position)
        case .name(let name): return path(of: name, at: position)
        case .variable(let name): return add(.variable(name), at: position)
        case .string(let text): return add(.string(text), at: position)
        case .number(let number): return add(.number(number), at: position)
        case .bool(let flag): return add(.bool(flag), at: position)
        case .null: return add(.null, at: position)
        case .regex(let expression): return add(.regex(expression), at: position)
        case .symbol(let symbol): return try prefix(symbol, at: position)
        }
    }

    private mutating func prefix(_ symbol: String, at position: Int) throws(JSONataError) -> Int {
        switch symbol {
        case "and", "or", "in": return path(of: symbol, at: position)
        case "*": return add(.wildcard, at: position)
        case "**": return add(.descendants, at: position)
        case "%": return try parent(at: position)
        case "-": return try negation(at: position)
        case "(": return try block(at: position)
        case "[": return try array(at: position)
        case "{": return try object(at: position)
        case "|": return try transform(at: position)
        default: throw JSONataError("S0211", at: position, token: symbol)
        }
    }

    private mutating func path(of name: String, at position: Int) -> Int {
        pathNode(add(.name(name), at: position), at: position)
    }

    private mutating func parent(at position: Int) throws(JSONataError) -> Int {
        guard slots.count < Self.mostParents else {
            throw JSONataError("S0503", at: position, value: String(Self.mostParents))
        }
        slots.append(ParentSlot(label: "!\(slots.count)"))
        return add(.parent(slot: slots.count - 1), at: position)
    }

    private mutating func negation(at position: Int) throws(JSONataError) -> Int {
        let inner = try expression(70)
        if case .number(let number) = nodes[inner].kind, nodes[inner].predicates.isEmpty, nodes[inner].group == nil {
            nodes[inner].kind = .number(-number)
            return inner
        }
        return add(.negation(inner), at: position, around: inner)
    }

    private mutating func block(at position: Int) throws(JSONataError) -> Int {
        var parts: [Int] = []
        while !isNext(")") {
            parts.append(try expression(0))
            guard isNext(";") else { break }
            try expect(";")
        }
        try expect(")", afterOperand: true)
        let node = add(.block(parts), at: position)
        for part in parts {
            adopt(part, by: node)
            if nodes[part].isConstructed || steps(of: part).map({ nodes[$0[0]].isConstructed }) == true {
                nodes[node].isConstructed = true
            }
        }
        return node
    }

    private mutating func array(at position: Int) throws(JSONataError) -> Int {
        var items: [Int] = []
        if !isNext("]") {
            while true {
                var item = try expression(0)
                if isNext("..") {
                    let place = token.position
                    try expect("..")
                    let end = try expression(0)
                    item = add(.binary(.range, item, end), at: place, around: item, end)
                }
                items.append(item)
                guard isNext(",") else { break }
                try expect(",")
            }
        }
        try expect("]", afterOperand: true)
        let node = add(.array(items), at: position)
        for item in items { adopt(item, by: node) }
        return node
    }

    private mutating func object(at position: Int) throws(JSONataError) -> Int {
        let pairs = try pairs()
        let node = add(.object(pairs), at: position)
        for pair in pairs {
            adopt(pair.key, by: node)
            adopt(pair.value, by: node)
        }
        return node
    }

    /// What stands between braces.
    mutating func pairs() throws(JSONataError) -> [Node.Pair] {
        var pairs: [Node.Pair] = []
        if !isNext("}") {
            while true {
                let key = try expression(0)
                try expect(":")
                pairs.append(Node.Pair(key: key, value: try expression(0)))
                guard isNext(",") else { break }
                try expect(",")
            }
        }
        try expect("}", afterOperand: true)
        return pairs
    }

    private mutating func transform(at position: Int) throws(JSONataError) -> Int {
        let pattern = try expression(0)
        try expect("|")
        let update = try expression(0)
        var delete: Int?
        if isNext(",") {
            try expect(",")
            delete = try expression(0)
        }
        try expect("|", afterOperand: true)
        return add(.transform(pattern: pattern, update: update, delete: delete), at: position)
    }
}
