/// Waits for the first function of a chain, to give its result to the second.
final class ChainFrame: Frame {
    private let second: Function
    private let site: CallSite

    init(_ second: Function, _ site: CallSite) {
        self.second = second
        self.site = site
    }

    func resume(_ value: Value, _ evaluation: Evaluation) throws(JSONataError) -> Step {
        try evaluation.call(second, [value.unwrapped], site)
    }
}
