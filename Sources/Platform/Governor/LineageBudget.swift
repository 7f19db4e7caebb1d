/// What everything that one outside event causes may use up, all together.
///
/// The standard is generous: it ends what runs away, and is not met by what does not.
package struct LineageBudget: Hashable, Sendable, Codable {
    /// What can be used up.
    package enum Item: String, Hashable, Sendable, CaseIterable {
        case calls, depth, branches, memoryTime, egressBytes, time

        /// Whether it stays used up: a branch ends and makes room, all else only grows.
        package var isFinal: Bool { self != .branches }
    }

    /// Calls in all.
    package var calls = 100_000
    /// How many calls deep.
    package var depth = 64
    /// Calls in flight at one time.
    package var branches = 1000
    /// GB of memory times the seconds they were held.
    package var gigabyteSeconds = 360_000.0
    /// Bytes that may leave the machine.
    package var egressBytes: Int64 = 100 << 30
    /// Seconds from the first call to the last that may begin.
    package var seconds: Int64 = 30 * 86_400
    /// Who set it: the ARN of an operator, or `default`.
    package var setBy = "default"
    /// For which entry point: a scope's text, or `any`.
    package var entry = LineageBudget.anyEntry

    /// What stands for every entry point that has no budget of its own.
    package static let anyEntry = "any"

    /// The standard budget.
    package init() {}

    /// How much there is of one thing, as operators read it.
    package func limit(of item: Item) -> String {
        switch item {
        case .calls: "\(calls) calls"
        case .depth: "\(depth) calls deep"
        case .branches: "\(branches) calls at a time"
        case .memoryTime: "\(gigabyteSeconds) GB-seconds"
        case .egressBytes: "\(egressBytes) bytes"
        case .time: "\(seconds) seconds"
        }
    }

    /// Whether the figures make sense.
    var isValid: Bool {
        calls >= 0 && depth >= 0 && branches >= 0 && gigabyteSeconds.isFinite && gigabyteSeconds >= 0
            && egressBytes >= 0 && seconds >= 0
    }
}
