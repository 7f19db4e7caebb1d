/// Keeps those elements for which a predicate is true, or whose place it gives.
final class FilterFrame: Frame {
    private let predicate: Int
    private let context: Context
    private let input: [Value]
    private let traits: List.Traits
    private var position = 0
    private var kept: [Value] = []

    init(_ predicate: Int, _ input: [Value], isTuples: Bool, _ context: Context) {
        self.predicate = predicate
        self.input = input
        self.context = context
        traits = isTuples ? [.sequence, .tuples] : .sequence
    }

    func resume(_ value: Value, _ evaluation: Evaluation) throws(JSONataError) -> Step {
        if try isKept(value, evaluation.meter) { kept.append(input[position - 1]) }
        return try next(evaluation)
    }

    /// Numbers are places; everything else is true or not.
    private func isKept(_ value: Value, _ meter: Meter) throws(JSONataError) -> Bool {
        let items = value.items
        try meter.step(items.count / 8)
        var isPlace = false
        for item in items {
            guard case .number(let number) = item else { return try value.isTruthy(meter) }
            if Self.place(number, in: input.count) == position - 1 { isPlace = true }
        }
        return isPlace
    }

    /// Rounded down; counted from the end if it is negative.
    static func place(_ number: Double, in count: Int) -> Int? {
        guard let whole = Int(exactly: number.rounded(.down)), whole > -(1 << 40) else { return nil }
        return whole < 0 ? count + whole : whole
    }

    /// Looks at the next element, or gives those that are kept.
    func next(_ evaluation: Evaluation) throws(JSONataError) -> Step {
        guard position < input.count else { return .value(try evaluation.meter.list(kept, traits)) }
        let element = input[position]
        position += 1
        evaluation.push(self)
        guard traits.contains(.tuples), case .object(let tuple) = element else {
            return .evaluate(predicate, context.inner(element))
        }
        var inner = context.inner(tuple[Record.rowValue] ?? .undefined)
        inner.environment = try evaluation.environment(of: tuple, inside: context.environment)
        return .evaluate(predicate, inner)
    }
}

extension Evaluation {
    /// Applies a predicate to a value; a number is the place of the element wanted.
    func filter(_ value: Value, by predicate: Int, _ context: Context) throws(JSONataError) -> Step {
        let isTuples = value.list?.traits.contains(.tuples) == true
        let input = value.items
        guard case .number(let number) = context.program.nodes[predicate].kind else {
            return try FilterFrame(predicate, input, isTuples: isTuples, context).next(self)
        }
        guard let place = FilterFrame.place(number, in: input.count), input.indices.contains(place) else {
            return .value(try meter.sequence([]))
        }
        if case .array = input[place] { return .value(input[place]) }
        return .value(try meter.list([input[place]], isTuples ? [.sequence, .tuples] : .sequence))
    }
}
