extension Signature {
    /// The arguments as the function gets them, each in its place: the context where it stands in, arrays where they are wanted.
    func arguments(_ given: [Value], context: Value, meter: Meter) throws(JSONataError) -> [Value] {
        let kinds = given.map { Self.kind(of: $0) }
        guard let counts = counts(for: kinds) else { throw mismatch(given, kinds) }
        var arguments: [Value] = []
        var position = 0
        for (parameter, count) in zip(parameters, counts) {
            if count == 0 {
                if parameter.isContext {
                    guard parameter.accepts(Self.kind(of: context)) else {
                        throw JSONataError("T0411", details: ["index": String(position + 1)])
                    }
                    arguments.append(context)
                } else {
                    // The reference implementation hands on what stands there, though it is of another kind.
                    arguments.append(position < given.count ? given[position] : .undefined)
                    position += 1
                }
                continue
            }
            for place in position..<(position + count) {
                let value = place < given.count ? given[place] : .undefined
                arguments.append(parameter.isArray ? try array(value, parameter, place, meter) : value)
            }
            position += count
        }
        return arguments
    }

    private func array(
        _ value: Value, _ parameter: Parameter, _ place: Int, _ meter: Meter
    ) throws(JSONataError) -> Value {
        if value.isUndefined { return value }
        if let wanted = parameter.elements {
            try meter.step(value.items.count / 8)
            let fits =
                if case .array(let list) = value { Self.areAll(list.elements, wanted) } else {
                    Self.kind(of: value) == wanted
                }
            guard fits else {
                throw JSONataError(
                    "T0412", value: value.shown,
                    details: ["index": String(place + 1), "type": Self.plural(wanted)])
            }
        }
        return value.list == nil ? try meter.list([value]) : value
    }

    private static func areAll(_ elements: [Value], _ kind: Character) -> Bool {
        elements.allSatisfy { Self.kind(of: $0) == kind }
    }

    private static func plural(_ kind: Character) -> String {
        switch kind {
        case "s": "strings"
        case "n": "numbers"
        case "b": "booleans"
        case "o": "objects"
        case "a": "arrays"
        case "f": "functions"
        default: String(kind)
        }
    }

    /// How many arguments each parameter takes: as many as it can, as long as the rest fits.
    private func counts(for kinds: [Character]) -> [Int]? {
        // From the end: whether the parameters from one on can take the arguments from another on.
        var fits = Array(repeating: Array(repeating: false, count: kinds.count + 1), count: parameters.count + 1)
        fits[parameters.count][kinds.count] = true
        for (index, parameter) in parameters.enumerated().reversed() {
            for start in 0...kinds.count {
                fits[index][start] = parameter.choices(kinds[start...]).contains { fits[index + 1][start + $0] }
            }
        }
        guard fits[0][0] else { return nil }
        var counts: [Int] = []
        var start = 0
        for (index, parameter) in parameters.enumerated() {
            let count = parameter.choices(kinds[start...]).last { fits[index + 1][start + $0] } ?? 0
            counts.append(count)
            start += count
        }
        return counts
    }

    /// Names the first argument that does not fit.
    private func mismatch(_ given: [Value], _ kinds: [Character]) -> JSONataError {
        var reached: Set<Int> = [0]
        var good = 0
        for parameter in parameters {
            reached = Set(reached.flatMap { start in parameter.choices(kinds[start...]).map { start + $0 } })
            guard let furthest = reached.max() else { break }
            good = furthest
        }
        return JSONataError(
            "T0410", value: good < given.count ? given[good].shown : nil, details: ["index": String(good + 1)])
    }

    /// The letter of a value.
    static func kind(of value: Value) -> Character {
        switch value {
        case .undefined: "m"
        case .null: "l"
        case .bool: "b"
        case .number: "n"
        case .string: "s"
        case .array: "a"
        case .object: "o"
        case .function: "f"
        }
    }
}
