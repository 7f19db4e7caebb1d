import Core

/// All that is kept about a queue beside its messages.
package struct QueueState: Hashable, Sendable, Codable {
    /// Most tags of one queue.
    package static let tagLimit = 50

    package let created: Instant
    package private(set) var modified: Instant
    package private(set) var settings: QueueSettings
    package private(set) var tags: [String: String]

    /// A new queue.
    package init(settings: QueueSettings, tags: [String: String], at now: Instant) throws(QueueError) {
        (created, modified) = (now, now)
        self.settings = settings
        self.tags = [:]
        try tag(tags)
    }

    /// Sets how the queue behaves from now on.
    package mutating func set(_ settings: QueueSettings, at now: Instant) {
        self.settings = settings
        modified = now
    }

    /// Adds tags, in the place of those with the same keys.
    package mutating func tag(_ tags: [String: String]) throws(QueueError) {
        for (key, value) in tags {
            guard (1...128).contains(key.unicodeScalars.count) else {
                throw .badRequest("Tag keys must be between 1 and 128 characters in length.")
            }
            guard value.unicodeScalars.count <= 256 else {
                throw .badRequest("Tag values must be between 0 and 256 characters in length.")
            }
        }
        let merged = self.tags.merging(tags) { _, new in new }
        guard merged.count <= Self.tagLimit else { throw .tooManyTags(limit: Self.tagLimit) }
        self.tags = merged
    }

    /// Removes tags; those that are not there are not missed.
    package mutating func untag(_ keys: [String]) { for key in keys { tags[key] = nil } }

    /// The first attribute among those given that the queue has another value for.
    package func difference(to wanted: QueueSettings, among names: [String], region: Region) -> String? {
        let own = Dictionary(uniqueKeysWithValues: QueueAttributes.texts(of: settings, region: region))
        let others = Dictionary(uniqueKeysWithValues: QueueAttributes.texts(of: wanted, region: region))
        return names.first { own[$0] != others[$0] }
    }
}
