import Core

extension Evaluation {
    /// The functions that call others.
    func higherOrder(_ builtin: Builtin, _ arguments: Arguments, _ site: CallSite) throws(JSONataError) -> Step {
        let function = arguments[1].function
        switch builtin {
        case .map, .filter, .single:
            guard case .array(let list) = arguments[0] else { return .value(.undefined) }
            let elements = list.elements
            guard let function else { return .value(try single(elements)) }
            let frame = CallsFrame(
                function, count: elements.count, site,
                arguments: { [elements[$0], .number(Double($0)), arguments[0]] },
                finish: { [meter] results throws(JSONataError) in
                    try Self.gathered(builtin, elements, results, meter)
                })
            return try frame.next(self)
        case .each, .sift: return try members(builtin, arguments, function, site)
        case .reduce: return try reduce(arguments, function, site)
        default: return try sort(arguments[0], function, site)
        }
    }

    private func single(_ elements: [Value]) throws(JSONataError) -> Value {
        guard let first = elements.first else { throw JSONataError("D3139") }
        guard elements.count == 1 else { throw JSONataError("D3138") }
        return first
    }

    private static func gathered(
        _ builtin: Builtin, _ elements: [Value], _ results: [Value], _ meter: Meter
    ) throws(JSONataError) -> Value {
        if builtin == .map { return try meter.sequence(results.filter { !$0.isUndefined }) }
        var kept: [Value] = []
        for (element, result) in Swift.zip(elements, results) where try result.isTruthy(meter) { kept.append(element) }
        if builtin == .filter { return try meter.sequence(kept) }
        guard let first = kept.first else { throw JSONataError("D3139") }
        guard kept.count == 1 else { throw JSONataError("D3138") }
        return first
    }

    private func members(
        _ builtin: Builtin, _ arguments: Arguments, _ function: Function?, _ site: CallSite
    ) throws(JSONataError) -> Step {
        guard case .object(let record) = arguments[0], let function else { return .value(.undefined) }
        let frame = CallsFrame(
            function, count: record.count, site,
            arguments: { [record.values[$0], .string(record.keys[$0]), arguments[0]] },
            finish: { [meter] results throws(JSONataError) in
                guard builtin == .sift else { return try meter.sequence(results.filter { !$0.isUndefined }) }
                let kept = Record()
                for (place, result) in results.enumerated() where try result.isTruthy(meter) {
                    try meter.chargeMember(record.keys[place])
                    kept.set(record.keys[place], record.values[place])
                }
                return kept.count == 0 ? .undefined : try meter.object(kept)
            })
        return try frame.next(self)
    }

    private func reduce(
        _ arguments: Arguments, _ function: Function?, _ site: CallSite
    ) throws(JSONataError) -> Step {
        guard case .array(let list) = arguments[0], let function else { return .value(.undefined) }
        guard function.arity >= 2 else { throw JSONataError("D3050") }
        var rest = list.elements[...]
        let first = arguments[2].isUndefined ? rest.popFirst() ?? .undefined : arguments[2]
        let frame = ReduceFrame(function, over: arguments[0], from: list.elements.count - rest.count, site)
        return try frame.next(first, self)
    }

    private func sort(_ value: Value, _ function: Function?, _ site: CallSite) throws(JSONataError) -> Step {
        guard case .array(let list) = value else { return .value(.undefined) }
        guard list.elements.count > 1 else { return .value(value) }
        if let function { return try MergeFrame(list.elements, function, site).next(self) }
        let numbers = list.elements.compactMap { if case .number(let number) = $0 { number } else { nil } }
        if numbers.count == list.elements.count {
            let sorted = try SortFrame.sorted(numbers) { (left, right) throws(JSONataError) in
                try self.meter.step()
                return left > right
            }
            return .value(try meter.list(sorted.map { .number($0) }))
        }
        let texts = list.elements.compactMap(\.string)
        guard texts.count == list.elements.count else { throw JSONataError("D3070") }
        let sorted = try SortFrame.sorted(texts) { (left, right) throws(JSONataError) in
            try self.meter.step()
            return Value.precedes(right, left)
        }
        return .value(try meter.list(sorted.map { .string($0) }))
    }
}
