/// How many parked sandboxes of each kind there should be, and which there are.
///
/// Pure. The number follows demand: as many as were taken in the busiest of the last `window` ticks, between `minimum` and
/// `maximum`. A kind that nobody used for a while falls back to the minimum.
package struct ParkingState<Kind: Hashable & Sendable, Sandbox: Sendable>: Sendable {
    private struct Lot {
        var parked: [Sandbox] = []
        var parking = 0
        var taken: [Int]
    }

    package let minimum: Int
    package let maximum: Int
    private let window: Int
    private var lots: [Kind: Lot] = [:]

    /// An empty car park; `window` is in ticks.
    package init(minimum: Int, maximum: Int, window: Int = 30) {
        self.minimum = minimum
        self.maximum = max(minimum, maximum)
        self.window = window
    }

    /// Whether a sandbox of a kind could be taken.
    package func hasParked(_ kind: Kind) -> Bool { lots[kind]?.parked.isEmpty == false }

    /// Takes the sandbox that was parked last, if there is one, and counts the demand.
    package mutating func take(_ kind: Kind) -> Sandbox? {
        var lot = lots[kind] ?? Lot(taken: [0])
        lot.taken[lot.taken.count - 1] += 1
        let sandbox = lot.parked.popLast()
        lots[kind] = lot
        return sandbox
    }

    /// A start of a sandbox has ended, with one to park or without.
    package mutating func parked(_ sandbox: Sandbox?, _ kind: Kind) {
        lots[kind, default: Lot(taken: [0])].parking -= 1
        if let sandbox { lots[kind]?.parked.append(sandbox) }
    }

    /// Forgets parked sandboxes that ended by themselves.
    package mutating func lost(where isLost: (Sandbox) -> Bool) {
        for kind in lots.keys { lots[kind]?.parked.removeAll(where: isLost) }
    }

    /// How many starts to begin now; they count as begun.
    package mutating func refill(_ kind: Kind) -> Int {
        var lot = lots[kind] ?? Lot(taken: [0])
        let missing = max(0, wanted(lot) - lot.parked.count - lot.parking)
        lot.parking += missing
        lots[kind] = lot
        return missing
    }

    /// Time passes: the sandboxes that are no longer wanted, to be stopped.
    package mutating func tick() -> [Sandbox] {
        var surplus: [Sandbox] = []
        for kind in lots.keys {
            guard var lot = lots[kind] else { continue }
            lot.taken.append(0)
            if lot.taken.count > window { lot.taken.removeFirst() }
            let count = min(lot.parked.count, max(0, lot.parked.count + lot.parking - wanted(lot)))
            surplus += lot.parked.prefix(count)
            lot.parked.removeFirst(count)
            lots[kind] = lot
        }
        return surplus
    }

    /// Everything that is parked, for the end.
    package mutating func takeAll() -> [Sandbox] {
        defer { lots = [:] }
        return lots.values.flatMap(\.parked)
    }

    private func wanted(_ lot: Lot) -> Int { min(maximum, max(minimum, lot.taken.max() ?? 0)) }
}
