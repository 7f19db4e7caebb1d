import Core

/// Events of an archive on their way back onto their bus, as it is kept.
package struct EventReplay: Hashable, Sendable, Codable {
    /// How far it is.
    package enum State: String, Sendable, Codable {
        case starting = "STARTING"
        case running = "RUNNING"
        case completed = "COMPLETED"
        case cancelled = "CANCELLED"
        case failed = "FAILED"
    }

    package let archive: RuleName
    /// Under which the archive's events lie: another archive of that name is another one.
    let log: String
    package let bus: EventBusName
    /// The rules to which alone the events go; empty for all.
    package let rules: [RuleName]
    /// The times of events that are meant: from the first up to, but without, the second.
    package let from: Instant
    package let until: Instant
    package let summary: String?
    package let started: Instant
    /// The next entry of the log, and the one before which it ends.
    var next: Int64
    let end: Int64
    package var state = State.starting
    package var reason: String?
    package var ended: Instant?
    package var lastReplayed: Instant?

    /// Whether there is something to do.
    var isActive: Bool { state == .starting || state == .running }
}

/// What somebody says of a replay.
package struct NewReplay: Sendable {
    package let archive: RuleName
    package let bus: EventBusName
    package var rules: [RuleName] = []
    package let from: Instant
    package let until: Instant
    package var summary: String?

    /// Takes where the events are, where they go, and between which times they lie.
    package init(archive: RuleName, bus: EventBusName, from: Instant, until: Instant) {
        self.archive = archive
        self.bus = bus
        self.from = from
        self.until = until
    }
}
