import Core
import Storage
import Vault

/// Makes parcels of a publication: one for each subscription that it is for.
struct Fanout {
    /// What AWS does for queues and functions: 100,015 retries over 23 days.
    private static let patience = DeliveryRetry(attempts: 100_015, age: 23 * 86_400)

    let topic: NotificationTopic
    let publication: Publication
    let region: Region
    let home: NotificationHome
    private let calls: HostCalls?
    private let arn: ARN

    init(_ publication: Publication, to topic: NotificationTopic, of topics: Topics) {
        self.topic = topic
        self.publication = publication
        region = topics.region
        home = topics.home
        calls = topics.calls
        arn = topic.address.arn(in: region)
    }

    /// The parcels; signed once for each text that is sent.
    func parcels() async throws -> [Parcel] {
        var parcels: [Parcel] = []
        var proofs: [String: NotificationProof] = [:]
        for (id, subscription) in try topic.subscribers(of: publication) {
            let text = publication.text(for: subscription.way)
            if let chat = subscription.settings.chat {
                let body = chat.body(text, subject: publication.subject)
                parcels.append(parcel(id, subscription, body))
                continue
            }
            guard !subscription.settings.isRaw else {
                parcels.append(parcel(id, subscription, Array(text.utf8)))
                continue
            }
            if proofs[text] == nil { proofs[text] = try await proof(of: text) }
            guard let proof = proofs[text] else { continue }
            let place = SubscriptionAddress(topic: topic.address, id: id).arn(in: region)
            let token = NotificationLinks.token(for: .unsubscribe, id, in: topic, at: publication.time)
            let notification = Notification(
                publication: publication, topic: arn, subscription: place, message: text, proof: proof,
                unsubscribeURL: home.links.unsubscribeURL(place, token: token))
            let payload = subscription.way == .lambda ? notification.event : Array(notification.text.utf8)
            parcels.append(parcel(id, subscription, payload))
        }
        return parcels
    }

    private func proof(of text: String) async throws -> NotificationProof {
        try SignedText.proof(
            of: [
                ("Message", text), ("MessageId", publication.id.description), ("Subject", publication.subject),
                ("Timestamp", publication.time.iso8601), ("TopicArn", arn.description), ("Type", "Notification"),
            ], topic.settings, try await home.signer(), home.links)
    }

    private func parcel(_ id: SubscriptionID, _ subscription: Subscription, _ payload: [UInt8]) -> Parcel {
        let place = SubscriptionAddress(topic: topic.address, id: id)
        var parcel = Parcel(
            account: topic.address.account,
            target: subscription.isOnTheWeb ? place.arn(in: region).description : subscription.endpoint,
            sender: Sender(service: NotificationSender.service, source: arn.description),
            descent: publication.descent, trace: publication.trace.child(), created: publication.time,
            payload: payload)
        parcel.retry = Self.patience
        if subscription.isMail { parcel.sendAsMail(calls) }
        if subscription.isOnTheWeb {
            let policy = DeliveryPolicy.of(subscription.settings, in: topic.settings)
            if !subscription.isMail { parcel.retry = policy.retry }
            parcel.notes =
                WebhookHead(
                    kind: .notification, id: publication.id, isRaw: subscription.settings.isRaw,
                    contentType: subscription.settings.chat == nil ? policy.contentType : "application/json"
                ).notes
        }
        if let queue = subscription.settings.deadLetters {
            parcel.deadLetters = Parcel.DeadLetterQueue(arn: queue, tellsWhy: false)
        }
        if subscription.way == .sqs { address(&parcel, subscription) }
        return parcel
    }

    /// Sets what queues take beside the message.
    private func address(_ parcel: inout Parcel, _ subscription: Subscription) {
        if subscription.settings.isRaw { parcel.attributes = publication.attributes }
        if subscription.endpoint.hasSuffix(".fifo") {
            parcel.group = publication.group
            parcel.deduplication = publication.deduplicationID
        } else if !topic.isFIFO {
            parcel.group = publication.group
        }
    }
}

extension Parcel {
    /// All mails stand in one line, which is worked on by a few at a time: so many connections a relay gets at most.
    mutating func sendAsMail(_ calls: HostCalls?) {
        retry = .mail
        line = calls?.mailLine
    }
}
