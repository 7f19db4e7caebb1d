import Core

extension PathParser {
    /// A logical expression: tests and comparisons joined by `||`, `&&` and `!`.
    mutating func logical() throws(PathError) -> FilterExpression {
        var parts = [try conjunction()]
        while takeOperator("|") { parts.append(try conjunction()) }
        return parts.count == 1 ? parts[0] : .or(parts)
    }

    private mutating func conjunction() throws(PathError) -> FilterExpression {
        var parts = [try basic()]
        while takeOperator("&") { parts.append(try basic()) }
        return parts.count == 1 ? parts[0] : .and(parts)
    }

    /// Takes a doubled sign with the white space around it.
    private mutating func takeOperator(_ sign: Unicode.Scalar) -> Bool {
        let start = position
        skipSpace()
        guard take(sign), take(sign) else {
            position = start
            return false
        }
        skipSpace()
        return true
    }

    private mutating func basic() throws(PathError) -> FilterExpression {
        if take("!") {
            skipSpace()
            return .not(try peek() == "(" ? parenthesized() : test(try term()))
        }
        if peek() == "(" { return try parenthesized() }
        let start = position
        let left = try term()
        let afterLeft = position
        skipSpace()
        guard let comparison = comparisonOperator() else {
            position = afterLeft
            return try test(left, at: start)
        }
        skipSpace()
        let rightStart = position
        let right = try term()
        return .comparison(try operand(left, at: start), comparison, try operand(right, at: rightStart))
    }

    private mutating func parenthesized() throws(PathError) -> FilterExpression {
        try expect("(")
        skipSpace()
        let expression = try nested { (parser) throws(PathError) in try parser.logical() }
        skipSpace()
        try expect(")")
        return expression
    }

    private mutating func comparisonOperator() -> ComparisonOperator? {
        switch (peek(), peek(1)) {
        case ("=", "="): skip(2, .equal)
        case ("!", "="): skip(2, .notEqual)
        case ("<", "="): skip(2, .lessOrEqual)
        case (">", "="): skip(2, .greaterOrEqual)
        case ("<", _): skip(1, .less)
        case (">", _): skip(1, .greater)
        default: nil
        }
    }

    private mutating func skip(_ count: Int, _ comparison: ComparisonOperator) -> ComparisonOperator {
        position += count
        return comparison
    }

    /// A literal, a query or a function: what it may be used as, the caller decides.
    mutating func term() throws(PathError) -> FilterTerm {
        switch peek() {
        case "'", "\"": return .value(.literal(.string(try string())))
        case "@", "$": return .query(try query())
        case let digit? where "0"..."9" ~= digit || digit == "-": return .value(.literal(try number()))
        case let letter? where "a"..."z" ~= letter: return try wordOrFunction()
        default: throw unexpected()
        }
    }

    private mutating func query() throws(PathError) -> FilterQuery {
        let isAbsolute = peek() == "$"
        position += 1
        let segments = try nested { (parser) throws(PathError) in try parser.segments() }
        return FilterQuery(isAbsolute: isAbsolute, segments: segments)
    }

    private mutating func number() throws(PathError) -> JSON {
        let start = position
        while let scalar = peek(), scalar.isASCII, Character(scalar).isNumber || "+-.eE".unicodeScalars.contains(scalar)
        {
            position += 1
        }
        // The grammar of numbers is that of JSON.
        guard let value = try? JSON(parsing: text(from: start)) else {
            throw PathError(reason: .badNumber, offset: start)
        }
        return value
    }

    private mutating func wordOrFunction() throws(PathError) -> FilterTerm {
        let start = position
        while let scalar = peek(), "a"..."z" ~= scalar || "0"..."9" ~= scalar || scalar == "_" { position += 1 }
        let word = text(from: start)
        if peek() == "(" {
            guard dialect == .rfc9535 else { throw PathError(reason: .unknownFunction(word), offset: start) }
            return try function(word, at: start)
        }
        switch word {
        case "true": return .value(.literal(true))
        case "false": return .value(.literal(false))
        case "null": return .value(.literal(.null))
        default: throw PathError(reason: .unexpectedCharacter(scalars[start]), offset: start)
        }
    }

    private func test(_ term: FilterTerm, at start: Int? = nil) throws(PathError) -> FilterExpression {
        switch term {
        case .query(let query): return .exists(query)
        case .logical(let expression): return expression
        case .value: throw PathError(reason: .notLogical, offset: start ?? position)
        }
    }

    /// The term as a value; a query only where it leads to one node at most.
    func operand(_ term: FilterTerm, at start: Int) throws(PathError) -> FilterOperand {
        switch term {
        case .value(let operand): return operand
        case .query(let query) where query.isSingular: return .query(query)
        case .query, .logical: throw PathError(reason: .notComparable, offset: start)
        }
    }
}
