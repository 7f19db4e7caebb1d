import AccessPolicy
import Core
import Storage

/// Publishes to topics: what schedules, rules and functions send there, and what waited for its turn.
package struct TopicRoute: DeliveryRoute {
    private let topics: Topics
    private let access: SenderAccess
    private let identity: Identity

    /// Takes the topics, and who may publish to them.
    package init(topics: Topics, identity: Identity) {
        self.topics = topics
        self.identity = identity
        access = SenderAccess(identity: identity, region: topics.region)
    }

    package func delivery(of parcel: Parcel) async throws -> Delivery {
        if let arn = try? ARN(parcel.target), let place = SubscriptionAddress(arn, region: topics.region) {
            return try await topics.endpointDelivery(of: parcel, to: place)
        }
        let missing = Delivery.refused(.final("NO_RESOURCE", "There is no topic \(parcel.target)."))
        guard let arn = try? ARN(parcel.target), let address = TopicAddress(arn, region: topics.region),
            address.account == parcel.account
        else { return missing }
        let topic: NotificationTopic
        do throws(TopicError) { topic = try await topics.topic(address) } catch {
            guard error == .missing else { throw error }
            return missing
        }
        let publication = Publication(parcel, for: topic)
        // What waited here was let in when it was published.
        let isOwn = parcel.sender.service == NotificationSender.service && parcel.sender.source == parcel.target
        if !isOwn {
            if let refusal = try await refusal(parcel, topic) { return .refused(refusal) }
            do throws(TopicError) { try publication.check(for: topic) } catch {
                return .refused(.final("INVALID_PARAMETER", "The topic does not take the message: \(error)"))
            }
            if topic.isFIFO { return try await placed(publication, in: topic) }
        }
        let parcels = try await Fanout(publication, to: topic, of: topics).parcels()
        guard Topics.fit(parcels) else { return .errand { await errand(parcels) } }
        return try await Self.together(parcels.asyncMap { try await prepared($0) })
    }

    /// In order, a parcel goes by the line of its target, where none can pass another.
    private func prepared(_ parcel: Parcel) async throws -> Deliveries.Prepared {
        parcel.target.hasSuffix(".fifo")
            ? try await topics.deliveries.postponed(parcel, after: .zero)
            : try await topics.deliveries.prepare(parcel)
    }

    private func refusal(_ parcel: Parcel, _ topic: NotificationTopic) async throws -> DeliveryRefusal? {
        // Whoever named the channel was allowed to publish here.
        guard parcel.sender.service != ResultNotice.service else { return nil }
        return try await access.refusal(
            parcel, Action(service: "sns", name: "Publish"),
            on: .named(topic.address.arn(in: topics.region), owner: topic.address.account),
            policy: topic.settings.policy.map {
                identity.access.resourcePolicy($0, of: "policy of topic \(topic.address.name)")
            } ?? .none)
    }

    /// Gives a publication from elsewhere its place in a FIFO topic's order.
    private func placed(_ publication: Publication, in topic: NotificationTopic) async throws -> Delivery {
        let arn = topic.address.arn(in: topics.region)
        let prepared = try await topics.deliveries.postponed(
            publication.parcel(for: arn, in: topic.address.account), after: .zero,
            deduplication: publication.deduplicationKey(in: topic))
        return Self.together([prepared])
    }

    /// Sends many parcels in several commits; where that is interrupted some come again.
    private func errand(_ parcels: [Parcel]) async -> ErrandEnd {
        var rest = parcels[...]
        while !rest.isEmpty {
            var part: [Parcel] = []
            repeat { part.append(rest.removeFirst()) } while rest.first.map { Topics.fit(part + [$0]) } ?? false
            do {
                let prepared = try await part.asyncMap { try await self.prepared($0) }
                do {
                    _ = try await topics.deliveries.store.commit(
                        Partition(account: topics.account), prepared.flatMap(\.operations))
                    for prepared in prepared { prepared.committed() }
                } catch StoreError.queueFull { try await topics.deliveries.send(part) }
            } catch { return .refused(.passing("INTERNAL_ERROR", "The message could not be sent on: \(error)")) }
        }
        return .delivered
    }

    private static func together(_ prepared: [Deliveries.Prepared]) -> Delivery {
        .operations(prepared.flatMap(\.operations)) { for prepared in prepared { prepared.committed() } }
    }
}

extension Array {
    /// What waiting for each element in turn gives.
    fileprivate func asyncMap<Mapped>(_ body: (Element) async throws -> Mapped) async rethrows -> [Mapped] {
        var results: [Mapped] = []
        results.reserveCapacity(count)
        for element in self { results.append(try await body(element)) }
        return results
    }
}
