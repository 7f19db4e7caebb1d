/// Calls a function a number of times, and makes something of all the results.
final class CallsFrame: Frame {
    private let function: Function
    private let count: Int
    private let site: CallSite
    private let arguments: (Int) -> [Value]
    private let finish: ([Value]) throws(JSONataError) -> Value
    private var results: [Value] = []

    init(
        _ function: Function, count: Int, _ site: CallSite, arguments: @escaping (Int) -> [Value],
        finish: @escaping ([Value]) throws(JSONataError) -> Value
    ) {
        self.function = function
        self.count = count
        self.site = site
        self.arguments = arguments
        self.finish = finish
    }

    func resume(_ value: Value, _ evaluation: Evaluation) throws(JSONataError) -> Step {
        results.append(value)
        return try next(evaluation)
    }

    /// Calls it once more, with no more arguments than it takes, or ends.
    func next(_ evaluation: Evaluation) throws(JSONataError) -> Step {
        guard results.count < count else {
            do {
                return .value(try finish(results))
            } catch {
                throw error.placed(at: site.position, token: site.token)
            }
        }
        evaluation.push(self)
        let given = arguments(results.count).prefix(max(1, function.arity))
        return try evaluation.call(function, Array(given), site)
    }
}
