import Core

extension Topics {
    /// Asks the endpoint of a subscription whether it wants messages.
    ///
    /// Source: Amazon SNS developer guide, "HTTP/HTTPS subscription confirmation JSON format".
    func askToConfirm(_ id: SubscriptionID, in topic: NotificationTopic) async throws(TopicError) {
        do { try await deliveries.send([try await confirmation(id, in: topic)]) } catch {
            throw .storageFailed(reason: "\(error)")
        }
    }

    private func confirmation(_ id: SubscriptionID, in topic: NotificationTopic) async throws -> Parcel {
        let (arn, now, message) = (topic.address.arn(in: region), Instant.now, MessageID())
        let place = SubscriptionAddress(topic: topic.address, id: id)
        let token = NotificationLinks.token(for: .confirm, id, in: topic, at: now)
        let link = home.links.confirmURL(arn, token: token)
        let text =
            "You have chosen to subscribe to the topic \(arn).\nTo confirm the subscription, visit the SubscribeURL "
            + "included in this message."
        let kind = WebhookHead.Kind.confirmation
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
            account: account, target: place.arn(in: region).description,
            sender: Sender(service: NotificationSender.service, source: arn.description), descent: Descent(),
            trace: TraceContext(), created: now, payload: Array(body.utf8))
        parcel.retry =
            DeliveryPolicy.of(topic.subscriptions[id]?.settings ?? SubscriptionSettings(), in: topic.settings)
            .retry
        parcel.notes = WebhookHead(kind: kind, id: message).notes
        return parcel
    }
}
