/// How much of its budget a lineage has used.
struct LineageUse: Sendable {
    /// A budget that many lineages share.
    final class Shared: Sendable {
        let budget: LineageBudget

        init(_ budget: LineageBudget) { self.budget = budget }
    }

    private let shared: Shared
    private let began: GovernorTime
    private(set) var active: GovernorTime
    private var memory = 0.0
    private(set) var egressBytes: Int64 = 0
    private(set) var inFlight: Int32 = 0
    private(set) var calls: Int32 = 0
    private(set) var deepest: Int32 = 0

    init(_ shared: Shared, at now: GovernorTime) {
        self.shared = shared
        began = now
        active = now
    }

    var budget: LineageBudget { shared.budget }

    /// GB of memory times the seconds they were held.
    var gigabyteSeconds: Double { memory / 1024 / 1_000_000_000 }

    /// What stands in the way of one more call; one that is accepted to be done later takes up no branch yet.
    func exhausted(_ call: GovernedCall, toBegin: Bool, at now: GovernorTime) -> LineageBudget.Item? {
        if call.depth > shared.budget.depth { return .depth }
        if calls >= shared.budget.calls, !call.wasAccepted { return .calls }
        if inFlight >= shared.budget.branches, toBegin { return .branches }
        if gigabyteSeconds >= shared.budget.gigabyteSeconds, shared.budget.gigabyteSeconds > 0 || calls > 0 {
            return .memoryTime
        }
        if egressBytes >= shared.budget.egressBytes, shared.budget.egressBytes > 0 || egressBytes > 0 {
            return .egressBytes
        }
        if now.since(began) / 1_000_000_000 > UInt64(shared.budget.seconds) { return .time }
        return nil
    }

    mutating func took(_ call: GovernedCall, begins: Bool, at now: GovernorTime) {
        if calls < .max, !call.wasAccepted { calls += 1 }
        if begins { inFlight += 1 }
        deepest = max(deepest, Int32(clamping: call.depth))
        active = now
    }

    mutating func ended(_ call: GovernedCall, _ end: CallEnd, after nanoseconds: UInt64, at now: GovernorTime) {
        inFlight -= 1
        // What found no room did not happen: to try again and again uses nothing up.
        if end.outcome == .throttled, !call.wasAccepted { calls -= 1 }
        active = now
        memory += Double(end.megabytes) * Double(nanoseconds)
        egressBytes += Int64(max(0, end.egressBytes))
    }

    mutating func charged(egressBytes bytes: Int, at now: GovernorTime) {
        egressBytes += Int64(max(0, bytes))
        active = now
    }

    mutating func refused(at now: GovernorTime) { active = now }

    /// Whether there was but the one call from outside, and it is over.
    var hasCausedNothing: Bool { inFlight == 0 && calls <= 1 && deepest == 0 && !isHeavy }

    /// Whether so much is used that forgetting it soon would give a runaway its budget back.
    var isHeavy: Bool {
        calls > shared.budget.calls / 100 || deepest > shared.budget.depth / 4
            || gigabyteSeconds > shared.budget.gigabyteSeconds / 100
            || egressBytes > shared.budget.egressBytes / 100 || shared.budget.entry != LineageBudget.anyEntry
    }
}
