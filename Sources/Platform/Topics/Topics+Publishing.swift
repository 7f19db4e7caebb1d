import Core
import Storage

/// What a publisher is told of a message that is durable now.
package struct PublishedMessage: Sendable {
    package let id: MessageID
    /// On FIFO topics only.
    package let sequence: String?
}

extension Topics {
    /// Parcels, and bytes of them, that go in one commit; what is more waits for the topic and goes in several.
    static let parcelLimit = 200
    static let byteLimit = 4 << 20
    /// More than what a parcel is beside its payload.
    private static let overhead = 4096

    /// Publishes messages that were checked for the topic: they are durable when this returns.
    ///
    /// On a standard topic they are on their way with the same commit. On a FIFO topic each gets its place in the topic's
    /// order, and goes from there.
    package nonisolated func publish(
        _ publications: [Publication], to topic: NotificationTopic
    ) async throws -> [PublishedMessage] {
        if topic.isFIFO { return try await line(up: publications, for: topic) }
        var now: [Parcel] = []
        var later: [Publication] = []
        for publication in publications {
            let parcels = try await Fanout(publication, to: topic, of: self).parcels()
            if Self.fit(now + parcels) { now += parcels } else { later.append(publication) }
        }
        let waiting = try await prepare(later, for: topic)
        if !now.isEmpty || !later.isEmpty {
            try await deliveries.send(now, with: waiting.flatMap(\.operations))
            for prepared in waiting { prepared.committed() }
        }
        return publications.map { PublishedMessage(id: $0.id, sequence: nil) }
    }

    /// Whether parcels can go in one commit.
    static func fit(_ parcels: [Parcel]) -> Bool {
        parcels.count <= parcelLimit && parcels.reduce(0) { $0 + $1.payload.count + overhead } <= byteLimit
    }

    private nonisolated func prepare(
        _ publications: [Publication], for topic: NotificationTopic
    ) async throws -> [Deliveries.Prepared] {
        var prepared: [Deliveries.Prepared] = []
        let arn = topic.address.arn(in: region)
        for publication in publications {
            prepared.append(
                try await deliveries.postponed(
                    publication.parcel(for: arn, in: account), after: .zero,
                    deduplication: publication.deduplicationKey(in: topic)))
        }
        return prepared
    }

    private nonisolated func line(
        up publications: [Publication], for topic: NotificationTopic
    ) async throws -> [PublishedMessage] {
        let prepared = try await prepare(publications, for: topic)
        let results: [OperationResult]
        do {
            results = try await deliveries.store.commit(topic.partition, prepared.flatMap(\.operations))
        } catch StoreError.queueFull { throw TopicError.full }
        for prepared in prepared { prepared.committed() }
        return zip(publications, results).map { publication, result in
            var placed = publication
            switch result {
            case .item(let item), .duplicate(of: let item): placed.place(as: item, in: topic)
            default: break
            }
            return PublishedMessage(id: placed.id, sequence: placed.sequence)
        }
    }
}
