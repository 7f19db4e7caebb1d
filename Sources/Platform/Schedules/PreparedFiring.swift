import Core
import Storage

/// What is written when something fires, and what is to be done after that.
struct PreparedFiring: Sendable {
    let entry: DueTimes.Entry
    /// `nil` where what fires is gone and only its time was left.
    var plan: FiringPlan?
    /// The first says when it fires next.
    var operations: [WriteOperation]
    var deletesSchedule = false
    /// Tells whoever works on what was written.
    var told: @Sendable () -> Void = {}

    /// Only a time was left, which is deleted.
    init(leftover entry: DueTimes.Entry, kind: String) {
        self.entry = entry
        operations = [.delete(FireTime.key(entry.id, kind: kind), expect: .version(entry.version))]
    }

    /// The next time of what goes on as planned.
    init(_ entry: DueTimes.Entry, _ plan: FiringPlan, kind: String) {
        self.entry = entry
        self.plan = plan
        operations = [
            plan.next?.put(for: entry.id, kind: kind, expect: .version(entry.version))
                ?? .delete(FireTime.key(entry.id, kind: kind), expect: .version(entry.version))
        ]
    }

    /// What is delivered is written with it.
    mutating func add(_ prepared: Deliveries.Prepared) {
        operations += prepared.operations
        let (before, after) = (told, prepared.committed)
        told = {
            before()
            after()
        }
    }
}
