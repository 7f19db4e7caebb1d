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
        if isKept(value) { kept.append(input[position - 1]) }
        return try next(evaluation)
    }

    private func isKept(_ value: Value) -> Bool {
        let numbers: [Double?] =
            switch value {
            case .number(let number): [number]
            case .array(let list): list.elements.map { if case .number(let number) = $0 { number } else { nil } }
            default: [nil]
            }
        if numbers.isEmpty || numbers.contains(nil) { return value.isTruthy }
        return numbers.contains { $0.flatMap { Self.place($0, in: input.count) } == position - 1 }
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
        var inner = context.inner(tuple[tupleValueKey] ?? .undefined)
        inner.environment = try evaluation.environment(of: tuple, inside: context.environment)
        return .evaluate(predicate, inner)
    }
}

/// Under which name a row of bindings holds the value itself: no variable can have it.
let tupleValueKey = "@"

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
