/// What everything that one outside event causes may use up, all together.
///
/// The standard is generous: it ends what runs away, and is not met by what does not.
package struct LineageBudget: Hashable, Sendable, Codable {
    /// What can be used up.
    package enum Item: String, Hashable, Sendable, CaseIterable {
        case calls, depth, branches, memoryTime, egressBytes, time
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

    /// Whether the figures make sense.
    var isValid: Bool {
        calls >= 0 && depth >= 0 && branches >= 0 && gigabyteSeconds.isFinite && gigabyteSeconds >= 0
            && egressBytes >= 0 && seconds >= 0
    }
}

/// How much of its budget a lineage has used.
struct LineageUse: Sendable {
    let budget: LineageBudget
    let began: GovernorTime
    private(set) var active: GovernorTime
    private(set) var inFlight = 0
    private(set) var calls = 0
    private(set) var megabyteNanoseconds = 0.0
    private(set) var egressBytes: Int64 = 0
    private(set) var deepest = 0
    /// Where it stands in the round of those that may be forgotten.
    var position: Int

    init(budget: LineageBudget, at now: GovernorTime, position: Int) {
        self.budget = budget
        began = now
        active = now
        self.position = position
    }

    var gigabyteSeconds: Double { megabyteNanoseconds / 1024 / 1_000_000_000 }

    /// What stands in the way of one more call.
    func exhausted(depth: Int, at now: GovernorTime) -> LineageBudget.Item? {
        if depth > budget.depth { return .depth }
        if calls >= budget.calls { return .calls }
        if inFlight >= budget.branches { return .branches }
        if gigabyteSeconds >= budget.gigabyteSeconds, budget.gigabyteSeconds > 0 || calls > 0 { return .memoryTime }
        if egressBytes >= budget.egressBytes, budget.egressBytes > 0 || egressBytes > 0 { return .egressBytes }
        if now.since(began) / 1_000_000_000 > UInt64(budget.seconds) { return .time }
        return nil
    }

    mutating func took(depth: Int, at now: GovernorTime) {
        calls += 1
        inFlight += 1
        deepest = max(deepest, depth)
        active = now
    }

    mutating func ended(_ end: CallEnd, after nanoseconds: UInt64, at now: GovernorTime) {
        inFlight -= 1
        active = now
        megabyteNanoseconds += Double(end.megabytes) * Double(nanoseconds)
        egressBytes += Int64(max(0, end.egressBytes))
    }

    mutating func charged(egressBytes bytes: Int, at now: GovernorTime) {
        egressBytes += Int64(max(0, bytes))
        active = now
    }

    mutating func refused(at now: GovernorTime) { active = now }

    /// Whether so much is used that forgetting it soon would give a runaway its budget back.
    var isHeavy: Bool {
        calls > budget.calls / 100 || deepest > budget.depth / 4 || gigabyteSeconds > budget.gigabyteSeconds / 100
            || egressBytes > budget.egressBytes / 100 || budget.entry != LineageBudget.anyEntry
    }
}
