import Core

/// How a queue behaves: what its owner may set; times in seconds, sizes in bytes.
///
/// Source of bounds and standard values: Amazon SQS API reference, "SetQueueAttributes".
package struct QueueSettings: Hashable, Sendable, Codable {
    package var visibilityTimeout = 30
    package var delay = 0
    package var maximumMessageSize = 1_048_576
    package var retention = 345_600
    package var receiveWait = 0
    /// The queue's own policy, as compact JSON.
    package var policy: String?
    package var redrive: RedrivePolicy?
    package var redriveAllow: RedriveAllowPolicy?
    /// Set on FIFO queues only.
    package var fifo: FIFOSettings?
    /// Kept and given back; messages are sealed with the queue's own key in any case.
    package var encryption = Encryption()

    /// What only FIFO queues have.
    package struct FIFOSettings: Hashable, Sendable, Codable {
        package var deduplicatesByContent = false
        /// Whether deduplication ids count in their group only.
        package var deduplicatesInGroup = false
        package var limitsThroughputPerGroup = false
    }

    /// What clients say of encryption.
    package struct Encryption: Hashable, Sendable, Codable {
        package var isManaged = true
        package var keyID: String?
        package var keyReuse = 300
    }

    /// The standard settings of a queue.
    package init(isFIFO: Bool) { if isFIFO { fifo = FIFOSettings() } }
}

/// Where messages go that were received too often.
package struct RedrivePolicy: Hashable, Sendable, Codable {
    package let target: QueueAddress
    /// How often a message is received before it goes.
    package let maximumReceives: Int

    /// Takes the two.
    package init(target: QueueAddress, maximumReceives: Int) {
        self.target = target
        self.maximumReceives = maximumReceives
    }
}

/// Which queues may name a queue as their dead-letter queue.
package enum RedriveAllowPolicy: Hashable, Sendable, Codable {
    case all
    case none
    case only([QueueAddress])
}
