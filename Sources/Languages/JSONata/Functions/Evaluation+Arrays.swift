import Core

extension Evaluation {
    /// The functions on arrays.
    func array(_ builtin: Builtin, _ arguments: Arguments) throws(JSONataError) -> Value {
        let first = arguments[0]
        switch builtin {
        case .append: return try append(first, arguments[1])
        case .distinct: return try distinct(first)
        case .zip: return try zip(arguments.values)
        default:
            guard case .array(let list) = first else { return .undefined }
            guard list.elements.count > 1 else { return first }
            if builtin == .reverse { return try meter.list(list.elements.reversed()) }
            return try meter.list(list.elements.shuffled(using: &randomness))
        }
    }

    private func append(_ first: Value, _ second: Value) throws(JSONataError) -> Value {
        if first.isUndefined { return second }
        if second.isUndefined { return first }
        try meter.chargeElements(first.items.count + second.items.count)
        return try meter.list(first.items + second.items)
    }

    /// Each value once; texts and numbers are found by their hash, so that only objects and arrays are compared one by one.
    private func distinct(_ value: Value) throws(JSONataError) -> Value {
        guard case .array(let list) = value, list.elements.count > 1 else { return value }
        var kept: [Value] = []
        var others: [Value] = []
        var texts: Set<ExactKey> = []
        var numbers: Set<Double> = []
        for element in list.elements {
            try meter.step()
            switch element {
            case .string(let text): guard texts.insert(ExactKey(text: text)).inserted else { continue }
            case .number(let number): guard numbers.insert(number).inserted else { continue }
            default:
                var isKnown = false
                for other in others where !isKnown { isKnown = try element.equals(other, meter: meter) }
                if isKnown { continue }
                others.append(element)
            }
            kept.append(element)
        }
        return try meter.list(kept, list.traits.intersection(.sequence))
    }

    private func zip(_ values: [Value]) throws(JSONataError) -> Value {
        let columns = values.map(\.items)
        let count = columns.map(\.count).min() ?? 0
        var rows: [Value] = []
        for place in 0..<count { rows.append(try meter.list(columns.map { $0[place] })) }
        return try meter.list(rows)
    }
}
