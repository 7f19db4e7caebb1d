import Core

/// An archive of the events of a bus as it is kept; its events lie in a log of the store.
package struct EventArchive: Hashable, Sendable, Codable {
    package let bus: EventBusName
    package let created: Instant
    package var settings: EventArchiveSettings

    /// A new archive.
    init(bus: EventBusName, settings: EventArchiveSettings, at now: Instant) {
        self.bus = bus
        self.settings = settings
        created = now
    }
}

/// What somebody says of an archive.
package struct EventArchiveSettings: Hashable, Sendable, Codable {
    package var pattern: String?
    /// How long events stay; 0 is for ever.
    package var days = 0
    package var summary: String?
    /// Kept and given back; what seals events are the platform's own keys.
    package var keyID: String?

    /// Says nothing: all events, for ever.
    package init() {}
}

/// How much an archive holds.
package struct EventArchiveSize: Hashable, Sendable {
    package var events: Int64 = 0
    /// As it lies in the store.
    package var bytes: Int64 = 0
}
