/// Takes the steps of a path from the first that binds something on: what goes from step to step is rows of bindings.
///
/// A row holds the value under `Record.rowValue`, and under their names what `@`, `#` and `%` have bound on the way.
final class TupleFrame: Frame {
    private let steps: [Int]
    private let context: Context
    private var step = 0
    /// What the steps so far gave: plain values before the first, then rows.
    private var rows: [Value]
    private var areRows = false
    private var results: [Value] = []
    private var position = 0
    private var phase = Phase.elements

    private enum Phase {
        case elements
        case sorting
        case stages(done: Int)
    }

    init(_ steps: [Int], _ input: [Value], _ context: Context) {
        self.steps = steps
        self.context = context
        rows = input
    }

    private var current: Node { context.program.nodes[steps[step]] }

    func resume(_ value: Value, _ evaluation: Evaluation) throws(JSONataError) -> Step {
        switch phase {
        case .elements:
            try expand(value, evaluation.meter)
            return try next(evaluation)
        case .sorting:
            results = areRows ? value.items : try numbered(value.items, evaluation.meter)
            return try stages(from: 0, evaluation)
        case .stages(let done):
            results = value.items
            return try stages(from: done, evaluation)
        }
    }

    /// Takes the current step for the next row.
    func next(_ evaluation: Evaluation) throws(JSONataError) -> Step {
        if case .sort(let terms) = current.kind {
            phase = .sorting
            evaluation.push(self)
            return try SortFrame(terms, current.position, rows, isTuples: areRows, context).next(evaluation)
        }
        guard position < rows.count else { return try stages(from: 0, evaluation) }
        let row = rows[position]
        position += 1
        evaluation.push(self)
        guard areRows, case .object(let tuple) = row else { return .evaluate(steps[step], context.inner(row)) }
        var inner = context.inner(tuple[Record.rowValue] ?? .undefined)
        inner.environment = try evaluation.environment(of: tuple, inside: context.environment)
        return .evaluate(steps[step], inner)
    }

    /// One row for each value that the step gave.
    private func expand(_ value: Value, _ meter: Meter) throws(JSONataError) {
        let row = rows[position - 1]
        let known: Record? = if areRows, case .object(let tuple) = row { tuple } else { nil }
        let source = known.map { $0[Record.rowValue] ?? .undefined } ?? row
        let areTuples = value.list?.traits.contains(.tuples) == true
        for (index, element) in value.items.enumerated() {
            let tuple = Record(keys: known?.keys ?? [], values: known?.values ?? [])
            try meter.chargeElements(4 + tuple.count)
            if areTuples, case .object(let inner) = element {
                for (name, value) in zip(inner.keys, inner.values) { tuple.set(name, value) }
            } else {
                if let focus = current.focus { tuple.set(focus, element) }
                tuple.set(Record.rowValue, current.focus == nil ? element : source)
                if let name = current.index { tuple.set(name, .number(Double(index))) }
                if let ancestor = current.ancestor { tuple.set(ancestor, source) }
            }
            results.append(try meter.object(tuple))
        }
    }

    private func numbered(_ values: [Value], _ meter: Meter) throws(JSONataError) -> [Value] {
        var rows: [Value] = []
        for (index, value) in values.enumerated() {
            let tuple = Record(keys: [Record.rowValue], values: [value])
            if let name = current.index { tuple.set(name, .number(Double(index))) }
            try meter.chargeElements(4)
            rows.append(try meter.object(tuple))
        }
        return rows
    }

    /// Applies what stands behind the step to all of its rows, then goes on to the next step.
    private func stages(from first: Int, _ evaluation: Evaluation) throws(JSONataError) -> Step {
        for (done, stage) in current.stages.enumerated().dropFirst(first) {
            switch stage {
            case .filter(let predicate):
                phase = .stages(done: done + 1)
                evaluation.push(self)
                let input = try evaluation.meter.list(results, [.sequence, .tuples])
                return try evaluation.filter(input, by: predicate, context)
            case .index(let name):
                for (index, row) in results.enumerated() {
                    guard case .object(let tuple) = row else { continue }
                    let numbered = Record(keys: tuple.keys, values: tuple.values)
                    numbered.set(name, .number(Double(index)))
                    try evaluation.meter.chargeElements(4 + tuple.count)
                    results[index] = try evaluation.meter.object(numbered)
                }
            }
        }
        step += 1
        rows = results
        areRows = true
        guard step < steps.count else { return .value(try evaluation.meter.list(rows, [.sequence, .tuples])) }
        results = []
        position = 0
        phase = .elements
        return try next(evaluation)
    }
}
