/// The bounds of a pool; each is a flag of `martlet serve`.
package struct PoolSettings: Sendable {
    /// MB of function memory that may be promised at one time.
    package var memoryBudget: Int
    /// Calls in flight in one account.
    package var concurrency: Int
    /// Parked sandboxes of each kind: always this many, and up to `parkedMaximum` when starts are frequent.
    package var parkedMinimum: Int
    package var parkedMaximum: Int
    /// How long an instance without work is kept.
    package var idleTime: Duration
    /// How long a runtime may take until it asks for its first event; beyond it, it starts anew within the call's time.
    package var initTime: Duration

    /// What a server uses that was not told otherwise, on a host that lends `memoryBudget` MB.
    package init(memoryBudget: Int) {
        self.memoryBudget = memoryBudget
        concurrency = 1000
        parkedMinimum = 1
        parkedMaximum = 8
        idleTime = .seconds(600)
        initTime = .seconds(10)
    }
}
