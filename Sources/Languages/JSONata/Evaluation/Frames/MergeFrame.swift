/// Sorts by merging, where a function says whether two elements are to change places.
final class MergeFrame: Frame {
    private let function: Function
    private let site: CallSite
    private var runs: [Value]
    private var merged: [Value] = []
    private var width = 1
    /// Where the two runs begin that are being merged, and what is next in each.
    private var start = 0
    private var left = 0
    private var right: Int

    init(_ elements: [Value], _ function: Function, _ site: CallSite) {
        runs = elements
        self.function = function
        self.site = site
        right = 1
    }

    private var middle: Int { min(start + width, runs.count) }
    private var end: Int { min(start + 2 * width, runs.count) }

    func resume(_ value: Value, _ evaluation: Evaluation) throws(JSONataError) -> Step {
        if try value.isTruthy(evaluation.meter) {
            merged.append(runs[right])
            right += 1
        } else {
            merged.append(runs[left])
            left += 1
        }
        return try next(evaluation)
    }

    /// Compares the next two elements, or gives all in order.
    func next(_ evaluation: Evaluation) throws(JSONataError) -> Step {
        while left >= middle || right >= end {
            merged += runs[min(left, middle)..<middle]
            merged += runs[min(right, end)..<end]
            start += 2 * width
            if start >= runs.count {
                try evaluation.meter.chargeElements(runs.count)
                runs = merged
                merged = []
                start = 0
                width *= 2
                guard width < runs.count else { return .value(try evaluation.meter.list(runs)) }
            }
            left = start
            right = middle
        }
        evaluation.push(self)
        return try evaluation.call(function, [runs[left], runs[right]], site)
    }
}
