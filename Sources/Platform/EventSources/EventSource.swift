import Core

/// An event source mapping: messages of a queue call a function.
package struct EventSource: Hashable, Sendable, Codable {
    /// Most tags of one mapping.
    package static let tagLimit = 50

    package let queue: QueueAddress
    /// Name and qualifier of the function.
    private var function: String
    package var settings: EventSourceSettings
    package private(set) var tags: [String: String]
    package let created: Instant
    package var modified: Instant
    /// Whether it goes away as soon as nobody works on its messages any more.
    package var isDeleting = false

    /// A new mapping.
    package init(
        queue: QueueAddress, function: FunctionReference, settings: EventSourceSettings, tags: [String: String],
        at now: Instant
    ) throws(EventSourceError) {
        self.queue = queue
        self.function = Self.text(function)
        self.settings = settings
        self.tags = [:]
        (created, modified) = (now, now)
        try tag(tags)
    }

    /// The function that is called, as its owner named it.
    package var reference: FunctionReference? {
        get {
            // Written by us from a reference.
            try? FunctionReference(function)
        }
        set { if let newValue { function = Self.text(newValue) } }
    }

    /// Adds tags, in the place of those with the same keys.
    package mutating func tag(_ new: [String: String]) throws(EventSourceError) {
        for (key, value) in new {
            guard (1...128).contains(key.count), value.count <= 256, !key.lowercased().hasPrefix("aws:") else {
                throw .badTag(key)
            }
        }
        let merged = tags.merging(new) { $1 }
        guard merged.count <= Self.tagLimit else { throw .tooManyTags(limit: Self.tagLimit) }
        tags = merged
    }

    /// Removes tags; those that are not there are not missed.
    package mutating func untag(_ keys: [String]) { for key in keys { tags[key] = nil } }

    private static func text(_ reference: FunctionReference) -> String {
        "\(reference.name)" + (reference.qualifier.map { ":\($0)" } ?? "")
    }
}
