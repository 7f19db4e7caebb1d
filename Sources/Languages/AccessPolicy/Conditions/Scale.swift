/// The values that many conditions compare one key's value with, in order, each once.
///
/// A value of a request is placed among them once; each condition then compares small whole numbers, whatever is compared.
struct Scale<Value: Comparable & Sendable>: Sendable {
    private let values: [Value]

    /// Takes values in any order.
    init(_ values: [Value]) {
        var kept: [Value] = []
        for value in values.sorted() where kept.last != value { kept.append(value) }
        self.values = kept
    }

    /// Where a value stands: odd for one of the scale's own, even between two, below the first or above the last.
    func place(of value: Value) -> Int32 {
        var (low, high) = (0, values.count)
        while low < high {
            let middle = (low + high) / 2
            if values[middle] < value { low = middle + 1 } else { high = middle }
        }
        return Int32(2 * low + (low < values.count && values[low] == value ? 1 : 0))
    }
}

/// The places on a scale from one to another, both included: what a limit or a range of a condition admits.
struct Interval: Sendable {
    let first: Int32
    let last: Int32

    /// What stands so to a limit at `place`.
    init(_ order: ConditionOperator.Order, _ place: Int32) {
        switch order {
        case .equal: (first, last) = (place, place)
        case .less: (first, last) = (0, place - 1)
        case .lessOrEqual: (first, last) = (0, place)
        case .greater: (first, last) = (place + 1, .max)
        case .greaterOrEqual: (first, last) = (place, .max)
        }
    }

    /// What lies between two places.
    init(_ first: Int32, _ last: Int32) {
        self.first = first
        self.last = last
    }

    /// Whether a place is admitted.
    @inline(__always)
    func contains(_ place: Int32) -> Bool { first <= place && place <= last }
}
