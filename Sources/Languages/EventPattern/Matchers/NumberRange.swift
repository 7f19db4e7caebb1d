/// Numbers between two bounds, either of which may be left out of it or be absent.
struct NumberRange: Hashable, Sendable {
    /// The ordinals of the first and the last number, both included.
    let low: UInt64
    let high: UInt64

    /// Takes bounds; `nil` where an upper one is not above the lower one.
    init?(above: (number: ComparableNumber, isOpen: Bool)?, below: (number: ComparableNumber, isOpen: Bool)?) {
        if let above, let below, above.number >= below.number { return nil }
        // Finite numbers lie well within the ordinals, so that neither sum overflows.
        low = above.map { $0.number.ordinal + ($0.isOpen ? 1 : 0) } ?? 0
        high = below.map { $0.number.ordinal - ($0.isOpen ? 1 : 0) } ?? .max
    }

    /// Exactly one number.
    init(_ number: ComparableNumber) { (low, high) = (number.ordinal, number.ordinal) }

    func contains(_ number: ComparableNumber) -> Bool { low <= high && low...high ~= number.ordinal }
}
