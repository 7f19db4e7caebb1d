import Core
import Egress

extension Topics {
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
        guard let subscription = topic.subscriptions[place.id],
            subscription.isConfirmed || head.kind == .confirmation
        else { return .operations([]) {} }
        guard let calls else { return .refused(.final("NO_RESOURCE", "There is no way to \(subscription.endpoint).")) }
        let (arn, own) = (place.topic.arn(in: region), place.arn(in: region))
        return .errand {
            guard let address = await Self.address(of: subscription, as: own.description, calls) else {
                return .refused(.passing("NO_RESOURCE", "\(subscription.endpoint) does not say where to call."))
            }
            return await Self.post(parcel, to: address, head.headers(arn, own), as: own.description, by: calls)
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
            let status = try await calls.post(
                parcel.payload, to: address, headers: headers, as: name, parcel.descent)
            switch status {
            case 200...299: return .delivered
            case 429, 500...: return .refused(.passing("SERVER_ERROR", "The endpoint answered \(status)."))
            default: return .refused(.final("CLIENT_ERROR", "The endpoint answered \(status)."))
            }
        } catch {
            switch error {
            case .forbidden(let reason): return .refused(.final("NO_PERMISSIONS", reason))
            case .failed(let reason): return .refused(.passing("UNREACHABLE", reason))
            }
        }
    }
}

extension String {
    /// The text without the line end with which most tools end a file.
    fileprivate var trimmingNewline: String { hasSuffix("\n") ? String(dropLast()) : self }
}
