import Storage

/// How many messages a queue holds, from the store's counters.
package struct QueueDepth: Equatable, Sendable {
    /// May be received, as soon as those before them in their group are gone.
    package let waiting: Int
    /// Received and hidden.
    package let hidden: Int
    /// Not to be received yet.
    package let delayed: Int

    init(_ stats: QueueStats) {
        waiting = stats.ready + stats.blocked
        hidden = stats.inFlight
        delayed = stats.delayed
    }
}
