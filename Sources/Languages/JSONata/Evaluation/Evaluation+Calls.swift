extension Evaluation {
    /// Calls a function.
    func call(_ function: Function, _ given: [Value], _ site: CallSite) throws(JSONataError) -> Step {
        var (function, arguments) = (function, given)
        while true {
            try meter.step()
            switch function.body {
            case .partial(let inner, let held):
                arguments = Self.filled(held, with: arguments)
                function = inner
            case .chain(let first, let second):
                push(ChainFrame(second, site))
                function = first
            case .lambda(let lambda): return try call(lambda, arguments, site)
            case .builtin(let builtin): return try call(builtin, arguments, site)
            case .regex(let expression):
                guard case .string(let text) = arguments.first else { return .value(.undefined) }
                return .value(try match(expression, Subject(text, meter: meter), from: 0))
            case .nextMatch(let expression, let subject, let start):
                return .value(try match(expression, subject, from: start))
            case .transform(let transform):
                return try TransformFrame(transform, site).start(arguments.first ?? .undefined, self)
            }
        }
    }

    /// The arguments that were held back, with the given ones where there were none.
    private static func filled(_ held: [Value?], with given: [Value]) -> [Value] {
        var rest = given[...]
        return held.map { $0 ?? rest.popFirst() ?? .undefined } + rest
    }

    private func call(_ lambda: Lambda, _ given: [Value], _ site: CallSite) throws(JSONataError) -> Step {
        var arguments = given
        if let signature = lambda.signature {
            do {
                arguments = try signature.arguments(given, context: site.input, meter: meter)
            } catch {
                throw error.placed(at: site.position, token: site.token)
            }
        }
        let values = lambda.parameters.indices.map { $0 < arguments.count ? arguments[$0] : .undefined }
        let environment = try environment(inside: lambda.environment, names: lambda.parameters, values: values)
        return .evaluate(
            lambda.body,
            Context(
                program: lambda.program, input: lambda.input, environment: environment, depth: site.depth + 1,
                tailDepth: site.depth))
    }

    private func call(_ builtin: Builtin, _ given: [Value], _ site: CallSite) throws(JSONataError) -> Step {
        do {
            let arguments = try builtin.signature.arguments(given, context: site.input, meter: meter)
            return try perform(builtin, arguments, site)
        } catch {
            throw error.placed(at: site.position, token: site.token ?? builtin.rawValue)
        }
    }
}
