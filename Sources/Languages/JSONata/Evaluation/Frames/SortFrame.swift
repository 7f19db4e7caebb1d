import Core

/// Orders values by terms, each evaluated for every value.
final class SortFrame: Frame {
    private let terms: [NodeKind.SortTerm]
    private let position: Int
    private let input: [Value]
    private let isTuples: Bool
    private let context: Context
    private var keys: [[Value]] = []

    init(
        _ terms: [NodeKind.SortTerm], _ position: Int, _ input: [Value], isTuples: Bool, _ context: Context
    ) {
        self.terms = terms
        self.position = position
        self.input = input
        self.isTuples = isTuples
        self.context = context
    }

    func resume(_ value: Value, _ evaluation: Evaluation) throws(JSONataError) -> Step {
        keys[keys.count - 1].append(value)
        return try next(evaluation)
    }

    /// Evaluates the next term, or gives the values in order.
    func next(_ evaluation: Evaluation) throws(JSONataError) -> Step {
        if keys.isEmpty || keys[keys.count - 1].count == terms.count { keys.append([]) }
        guard keys.count <= input.count, input.count > 1 else { return .value(try ordered(evaluation.meter)) }
        let element = input[keys.count - 1]
        var inner = context.inner(element)
        if isTuples, case .object(let tuple) = element {
            inner.input = tuple[Record.rowValue] ?? .undefined
            inner.environment = try evaluation.environment(of: tuple, inside: context.environment)
        }
        evaluation.push(self)
        return .evaluate(terms[keys[keys.count - 1].count].expression, inner)
    }

    private func ordered(_ meter: Meter) throws(JSONataError) -> Value {
        var order = Array(input.indices)
        if input.count > 1 {
            order = try Self.sorted(order) { (left, right) throws(JSONataError) in
                try meter.step()
                return try self.isBehind(left, right)
            }
        }
        return try meter.list(order.map { input[$0] }, isTuples ? [.sequence, .tuples] : .sequence)
    }

    /// Whether the left one comes after the right one.
    private func isBehind(_ left: Int, _ right: Int) throws(JSONataError) -> Bool {
        for (index, term) in terms.enumerated() {
            let (first, second) = (keys[left][index], keys[right][index])
            switch (first, second) {
            case (.undefined, .undefined): continue
            case (.undefined, _): return true
            case (_, .undefined): return false
            case (.number(let one), .number(let two)):
                if one != two { return (one > two) != term.isDescending }
            case (.string(let one), .string(let two)):
                if !ExactKey.same(one, two) { return Value.precedes(two, one) != term.isDescending }
            case (.number, .string), (.string, .number):
                throw JSONataError(
                    "T2007", at: position, value: first.shown, details: ["value2": second.shown])
            default: throw JSONataError("T2008", at: position, value: first.shown)
            }
        }
        return false
    }

    /// A stable order by merging, which also ends where the comparison contradicts itself.
    static func sorted<Element>(
        _ elements: [Element], isBehind: (Element, Element) throws(JSONataError) -> Bool
    ) throws(JSONataError) -> [Element] {
        var runs = elements
        var width = 1
        while width < runs.count {
            var merged: [Element] = []
            merged.reserveCapacity(runs.count)
            for start in stride(from: 0, to: runs.count, by: 2 * width) {
                var (left, right) = (start, min(start + width, runs.count))
                let (middle, end) = (right, min(start + 2 * width, runs.count))
                while left < middle, right < end {
                    if try isBehind(runs[left], runs[right]) {
                        merged.append(runs[right])
                        right += 1
                    } else {
                        merged.append(runs[left])
                        left += 1
                    }
                }
                merged += runs[left..<middle]
                merged += runs[right..<end]
            }
            runs = merged
            width *= 2
        }
        return runs
    }
}
