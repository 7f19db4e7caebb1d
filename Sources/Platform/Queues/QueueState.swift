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
        guard tags.count <= Self.tagLimit else { throw .tooManyTags(limit: Self.tagLimit) }
        (created, modified) = (now, now)
        self.settings = settings
        self.tags = tags
    }

    /// Sets how the queue behaves from now on.
    package mutating func set(_ settings: QueueSettings, at now: Instant) {
        self.settings = settings
        modified = now
    }

    /// Adds tags, in the place of those with the same keys.
    package mutating func tag(_ tags: [String: String]) throws(QueueError) {
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
