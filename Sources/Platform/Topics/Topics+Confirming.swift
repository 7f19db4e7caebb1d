import Core
import Storage
import Vault

extension Topics {
    /// Asks the endpoint of a subscription whether it wants messages.
    ///
    /// A mailbox is asked once in five minutes, however often somebody subscribes it: it may be somebody else's.
    /// Source: Amazon SNS developer guide, "HTTP/HTTPS subscription confirmation JSON format".
    func askToConfirm(_ id: SubscriptionID, in topic: NotificationTopic) async throws(TopicError) {
        guard let subscription = topic.subscriptions[id] else { return }
        do {
            let parcel = try await confirmation(of: subscription, id, in: topic)
            guard subscription.isMail else {
                try await deliveries.send([parcel])
                return
            }
            let text = "confirm \(topic.incarnation) \(subscription.endpoint)"
            let prepared = try await deliveries.postponed(
                parcel, after: .zero, deduplication: SHA256Digest.hex(of: Array(text.utf8)))
            _ = try await deliveries.store.commit(topic.partition, prepared.operations)
            prepared.committed()
        } catch { throw .storageFailed(StoreFault(error)) }
    }

    private func confirmation(
        of subscription: Subscription, _ id: SubscriptionID, in topic: NotificationTopic
    ) async throws -> Parcel {
        let arn = topic.address.arn(in: region)
        let text =
            "You have chosen to subscribe to the topic \(arn).\nTo confirm the subscription, visit the SubscribeURL "
            + "included in this message."
        let token = NotificationLinks.token(for: .confirm, id, in: topic, at: .now)
        return try await question(.confirmation, text, token: token, subscription, id, in: topic)
    }

    /// What tells a web server that its subscription has ended, on its way with the commit that ends it; `nil` for others.
    ///
    /// Source: Amazon SNS developer guide, "HTTP/HTTPS unsubscribe confirmation JSON format".
    func farewell(
        to subscription: Subscription, _ id: SubscriptionID, in topic: NotificationTopic
    ) async throws(TopicError) -> Deliveries.Prepared? {
        guard subscription.isWebServer, subscription.isConfirmed,
            let token = NotificationLinks.token(restoring: subscription, id, in: topic, at: .now)
        else { return nil }
        let arn = SubscriptionAddress(topic: topic.address, id: id).arn(in: region)
        let text =
            "You have chosen to deactivate subscription \(arn).\nTo cancel this operation and restore the subscription, "
            + "visit the SubscribeURL included in this message."
        do {
            var parcel = try await question(.unsubscription, text, token: token, subscription, id, in: topic)
            parcel.notes[Self.endpointNote] = subscription.endpoint
            return try await deliveries.prepare(parcel)
        } catch { throw .storageFailed(StoreFault(error)) }
    }

    /// A message with a link that an endpoint may follow.
    private func question(
        _ kind: WebhookHead.Kind, _ text: String, token: String, _ subscription: Subscription, _ id: SubscriptionID,
        in topic: NotificationTopic
    ) async throws -> Parcel {
        let (arn, now, message) = (topic.address.arn(in: region), Instant.now, MessageID())
        let link = home.links.confirmURL(arn, token: token)
        let proof = try SignedText.proof(
            of: [
                ("Message", text), ("MessageId", message.description), ("SubscribeURL", link),
                ("Timestamp", now.iso8601), ("Token", token), ("TopicArn", arn.description), ("Type", kind.rawValue),
            ], topic.settings, try await home.signer(), home.links)
        let body = Notification.spaced([
            ("Type", .string(kind.rawValue)), ("MessageId", .string(message.description)), ("Token", .string(token)),
            ("TopicArn", .string(arn.description)), ("Message", .string(text)), ("SubscribeURL", .string(link)),
            ("Timestamp", .string(now.iso8601)), ("SignatureVersion", .string(String(proof.version))),
            ("Signature", .string(proof.signature)), ("SigningCertURL", .string(proof.certificateURL)),
        ])
        var parcel = Parcel(
            account: account, target: SubscriptionAddress(topic: topic.address, id: id).arn(in: region).description,
            sender: Sender(service: NotificationSender.service, source: arn.description), descent: Descent(),
            trace: TraceContext(), created: now, payload: Array(body.utf8))
        parcel.retry = DeliveryPolicy.of(subscription.settings, in: topic.settings).retry
        if subscription.isMail { parcel.sendAsMail(calls) }
        parcel.notes = WebhookHead(kind: kind, id: message).notes
        return parcel
    }
}
