/// Calls a function with what it gave before and the next element, up to the last.
final class ReduceFrame: Frame {
    private let function: Function
    private let list: Value
    private let elements: [Value]
    private let site: CallSite
    private var position: Int

    init(_ function: Function, over list: Value, from position: Int, _ site: CallSite) {
        self.function = function
        self.list = list
        self.position = position
        self.site = site
        elements = list.items
    }

    func resume(_ value: Value, _ evaluation: Evaluation) throws(JSONataError) -> Step {
        try next(value, evaluation)
    }

    /// Goes on with the result so far.
    func next(_ result: Value, _ evaluation: Evaluation) throws(JSONataError) -> Step {
        guard position < elements.count else { return .value(result) }
        let arguments = [result, elements[position], .number(Double(position)), list].prefix(function.arity)
        position += 1
        evaluation.push(self)
        return try evaluation.call(function, Array(arguments), site)
    }
}
