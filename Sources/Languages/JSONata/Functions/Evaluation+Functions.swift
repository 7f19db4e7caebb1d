import Core

extension Evaluation {
    /// Does what a function of the language does; higher-order ones push a frame.
    func perform(_ builtin: Builtin, _ values: [Value], _ site: CallSite) throws(JSONataError) -> Step {
        let arguments = Arguments(values: values)
        switch builtin.theme {
        case .texts: return .value(try text(builtin, arguments))
        case .matching: return try matching(builtin, arguments, site.fromFunction)
        case .encodings: return .value(try encoding(builtin, arguments))
        case .numbers: return .value(try number(builtin, arguments))
        case .aggregation: return .value(try aggregation(builtin, arguments))
        case .logic: return try logic(builtin, arguments, site)
        case .arrays: return .value(try array(builtin, arguments))
        case .objects: return .value(try object(builtin, arguments))
        case .higherOrder: return try higherOrder(builtin, arguments, site.fromFunction)
        case .times: return .value(try time(builtin, arguments))
        case .stepFunctions: return .value(try stepFunction(builtin, arguments))
        }
    }

    private func logic(_ builtin: Builtin, _ arguments: Arguments, _ site: CallSite) throws(JSONataError) -> Step {
        let first = arguments[0]
        switch builtin {
        case .boolean: return .value(first.isUndefined ? .undefined : .bool(try first.isTruthy(meter)))
        case .not: return .value(first.isUndefined ? .undefined : .bool(try !first.isTruthy(meter)))
        case .exists: return .value(.bool(!first.isUndefined))
        case .type: return .value(first.typeName.map { .string($0) } ?? .undefined)
        case .error:
            throw JSONataError("D3137", details: ["message": arguments.text(0) ?? "$error() function evaluated"])
        case .assert:
            if case .bool(true) = first { return .value(.undefined) }
            throw JSONataError("D3141", details: ["message": arguments.text(1) ?? "$assert() statement failed"])
        default: return try eval(arguments, site)
        }
    }

    /// Evaluates a text as an expression, in the variables of the call.
    private func eval(_ arguments: Arguments, _ site: CallSite) throws(JSONataError) -> Step {
        guard let text = arguments.text(0) else { return .value(.undefined) }
        try meter.step(text.utf8.count)
        try meter.charge(64 * text.utf8.count)
        let program: Program
        do {
            var parser = JSONataParser(text, maximumDepth: JSONataExpression.deepest)
            program = try parser.program()
        } catch {
            throw JSONataError("D3120", value: error.description)
        }
        var input = arguments[1].isUndefined ? site.input : arguments[1]
        if case .array(let list) = input, !list.traits.contains(.sequence) {
            input = try meter.list([input], [.sequence, .wrapper])
        }
        push(EvalFrame())
        return .evaluate(
            program.root,
            Context(
                program: program, input: input, environment: site.environment ?? Environment(inside: nil),
                depth: site.depth + 1, tailDepth: site.depth))
    }

    func aggregation(_ builtin: Builtin, _ arguments: Arguments) throws(JSONataError) -> Value {
        if builtin == .count { return .number(Double(arguments[0].items.count)) }
        guard let numbers = try arguments.numbers(0) else { return .undefined }
        try meter.step(numbers.count / 8)
        if builtin == .sum { return .number(numbers.reduce(0, +)) }
        guard let first = numbers.first else { return .undefined }
        switch builtin {
        case .max: return .number(numbers.reduce(first) { Swift.max($0, $1) })
        case .min: return .number(numbers.reduce(first) { Swift.min($0, $1) })
        default: return .number(numbers.reduce(0, +) / Double(numbers.count))
        }
    }
}
