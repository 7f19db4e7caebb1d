import Core
import Egress

extension Topics {
    /// Where a parcel goes whose subscription is no more.
    static let endpointNote = "endpoint"

    /// How a parcel gets to the endpoint of a subscription.
    ///
    /// Whoever has unsubscribed since gets nothing, and who has not confirmed only the question whether it wants to.
    nonisolated func endpointDelivery(of parcel: Parcel, to place: SubscriptionAddress) async throws -> Delivery {
        guard parcel.account == place.topic.account, parcel.sender.service == NotificationSender.service,
            let head = WebhookHead(notes: parcel.notes)
        else { return .refused(.final("NO_RESOURCE", "\(parcel.target) is the ARN of a subscription.")) }
        let topic: NotificationTopic
        do throws(TopicError) { topic = try await self.topic(place.topic) } catch {
            guard error == .missing else { throw error }
            return .operations([]) {}
        }
        // Who is gone is told that, and nothing else.
        guard head.kind != .unsubscription else { return farewell(parcel, head, place) }
        guard let subscription = topic.subscriptions[place.id],
            subscription.isConfirmed || head.kind == .confirmation
        else { return .operations([]) {} }
        guard let calls else { return .refused(.final("NO_RESOURCE", "There is no way to \(subscription.endpoint).")) }
        let (arn, own) = (place.topic.arn(in: region), place.arn(in: region))
        guard !subscription.isMail else {
            let settings = topic.settings
            return .errand { await Self.mail(parcel, head, to: subscription, settings, as: own.description, by: calls) }
        }
        return .errand {
            guard let address = await Self.address(of: subscription, as: own.description, calls) else {
                return .refused(.passing("NO_RESOURCE", "\(subscription.endpoint) does not say where to call."))
            }
            return await Self.post(parcel, to: address, head.headers(arn, own), as: own.description, by: calls)
        }
    }

    private nonisolated func farewell(_ parcel: Parcel, _ head: WebhookHead, _ place: SubscriptionAddress) -> Delivery {
        guard let calls, let address = parcel.notes[Self.endpointNote].flatMap({ WebAddress($0) }) else {
            return .operations([]) {}
        }
        let (arn, own) = (place.topic.arn(in: region), place.arn(in: region))
        return .errand {
            await Self.post(parcel, to: address, head.headers(arn, own), as: own.description, by: calls)
        }
    }

    private static func mail(
        _ parcel: Parcel, _ head: WebhookHead, to subscription: Subscription, _ topic: TopicSettings, as name: String,
        by calls: HostCalls
    ) async -> ErrandEnd {
        // It was one when somebody subscribed.
        guard let recipient = try? MailAddress(subscription.endpoint),
            let letter = MailLetter(parcel.payload, head.kind, by: subscription.way, from: topic)
        else { return .refused(.final("INVALID_PARAMETER", "\(subscription.endpoint) is no address of a mailbox.")) }
        do throws(HostCalls.Failure) {
            try await calls.send(
                letter, to: recipient, id: parcel.id, date: parcel.created, as: name, parcel.descent)
            return .delivered
        } catch { return .refused(refusal(error)) }
    }

    private static func refusal(_ failure: HostCalls.Failure) -> DeliveryRefusal {
        switch failure {
        case .forbidden(let reason): .final("NO_PERMISSIONS", reason)
        case .failed(let reason): .passing("UNREACHABLE", reason)
        case .held(let reason): .waiting(reason)
        case .refused(let reason): .final("CLIENT_ERROR", reason)
        }
    }

    /// Where the endpoint of a subscription is; `nil` where a secret would have to say so, and does not.
    private static func address(of subscription: Subscription, as name: String, _ calls: HostCalls) async -> WebAddress?
    {
        guard subscription.settings.chat != nil else { return WebAddress(subscription.endpoint) }
        // What is wrong with the secret is in the server's log and the audit trail.
        let bytes = try? await calls.secret(String(subscription.endpoint.dropFirst(ChatFormat.prefix.count)), name)
        return bytes.flatMap { WebAddress(String(decoding: $0, as: UTF8.self).trimmingNewline) }
    }

    /// Source: Amazon SNS developer guide, "Amazon SNS message delivery retries": answers from 500 on, and 429, may be
    /// others later.
    private static func post(
        _ parcel: Parcel, to address: WebAddress, _ headers: [(name: String, value: String)], as name: String,
        by calls: HostCalls
    ) async -> ErrandEnd {
        do throws(HostCalls.Failure) {
            let answer = try await calls.post(
                parcel.payload, to: address, headers: headers, as: name, parcel.descent)
            let reason = "The endpoint answered \(answer.status)."
            switch answer.status {
            case 200...299: return .delivered
            case 429, 500...:
                return .refused(.passing("SERVER_ERROR", reason, after: answer.retryAfter(from: .now)))
            default: return .refused(.final("CLIENT_ERROR", reason))
            }
        } catch { return .refused(refusal(error)) }
    }
}

extension String {
    /// The text without the line end with which most tools end a file.
    fileprivate var trimmingNewline: String { hasSuffix("\n") ? String(dropLast()) : self }
}
