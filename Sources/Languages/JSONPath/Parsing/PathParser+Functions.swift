import Core

extension PathParser {
    /// The arguments of a function and what comes of it; its name has been read.
    mutating func function(_ name: String, at start: Int) throws(PathError) -> FilterTerm {
        guard ["length", "count", "value", "match", "search"].contains(name) else {
            throw PathError(reason: .unknownFunction(name), offset: start)
        }
        try expect("(")
        let arguments = try nested { (parser) throws(PathError) in try parser.arguments() }
        let wrong = PathError(reason: .wrongArguments(function: name), offset: start)
        switch (name, arguments.count) {
        case ("length", 1): return .value(.length(try value(arguments[0], wrong)))
        case ("count", 1): return .value(.count(try query(arguments[0], wrong)))
        case ("value", 1): return .value(.query(try query(arguments[0], wrong)))
        case ("match", 2), ("search", 2):
            let text = try value(arguments[0], wrong)
            let pattern = try pattern(arguments[1], wrong)
            return .logical(.matches(text, pattern, whole: name == "match"))
        default: throw wrong
        }
    }

    private mutating func arguments() throws(PathError) -> [FilterTerm] {
        skipSpace()
        if take(")") { return [] }
        var arguments: [FilterTerm] = []
        repeat {
            skipSpace()
            arguments.append(try argument())
            skipSpace()
        } while take(",")
        try expect(")")
        return arguments
    }

    /// No function takes a logical expression yet: what is one stays unread, and what follows is not expected.
    private mutating func argument() throws(PathError) -> FilterTerm { try term() }

    private func value(_ term: FilterTerm, _ wrong: PathError) throws(PathError) -> FilterOperand {
        switch term {
        case .value(let operand): return operand
        case .query(let query) where query.isSingular: return .query(query)
        case .query, .logical: throw wrong
        }
    }

    private func query(_ term: FilterTerm, _ wrong: PathError) throws(PathError) -> FilterQuery {
        guard case .query(let query) = term else { throw wrong }
        return query
    }

    private func pattern(_ term: FilterTerm, _ wrong: PathError) throws(PathError) -> FilterPattern {
        let operand = try value(term, wrong)
        guard case .literal(let literal) = operand else { return .dynamic(operand) }
        // What is no regular expression matches nothing (RFC 9535, section 2.4.6).
        return .fixed(literal.string.flatMap { Regexp($0) })
    }
}
