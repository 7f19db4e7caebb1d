/// What one evaluation may use at most.
package struct EvaluationLimits: Hashable, Sendable {
    /// How many evaluations may stand inside each other.
    ///
    /// Counted as the reference implementation counts; a call that a function ends with takes none. They lie on the heap.
    package var depth: Int
    /// How much may be done: evaluations, elements passed over, steps of regular expressions.
    package var steps: Int
    /// How many bytes of values may be made, whether they are still held or not.
    package var bytes: Int
    /// How deep values may nest; what takes values apart does so on the thread's stack.
    package let nesting: Int

    /// The most that `nesting` may be.
    static let deepestNesting = 250

    /// Takes the limits; some hundred thousand steps take a tenth of a second.
    package init(depth: Int = 2_000, steps: Int = 5_000_000, bytes: Int = 128 << 20, nesting: Int = 220) {
        self.depth = depth
        self.steps = steps
        self.bytes = bytes
        self.nesting = min(nesting, Self.deepestNesting)
    }
}
