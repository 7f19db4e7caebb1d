import AccessPolicy
import Core
import Storage

/// Sends messages to queues.
package struct QueueRoute: DeliveryRoute {
    private let queues: Queues
    private let access: SenderAccess
    private let identity: Identity

    /// Takes the queues, and who may send to them.
    package init(queues: Queues, identity: Identity) {
        self.queues = queues
        self.identity = identity
        access = SenderAccess(identity: identity, region: queues.region)
    }

    package func delivery(of parcel: Parcel) async throws -> Delivery {
        guard let address = QueueAddress(arn: parcel.target, region: queues.region), address.account == parcel.account
        else { return .refused(.final("NO_RESOURCE", "\(parcel.target) is not the ARN of a queue of this account.")) }
        let queue: Queue
        do throws(QueueError) { queue = try await queues.queue(address) } catch {
            guard error == .missing else { throw error }
            return .refused(.final("NO_RESOURCE", "There is no queue \(parcel.target)."))
        }
        let refusal = try await access.refusal(
            parcel, Action(service: "sqs", name: "SendMessage"),
            on: .named(address.arn(in: queues.region), owner: address.account),
            policy: queue.settings.policy.map {
                identity.access.resourcePolicy($0, of: "policy of queue \(address.name)")
            } ?? .none)
        if let refusal { return .refused(refusal) }
        var message = NewMessage(
            body: String(decoding: parcel.payload, as: UTF8.self), sender: parcel.sender.service,
            descent: parcel.descent, trace: parcel.trace)
        message.attributes = parcel.attributes
        message.group = parcel.group
        message.deduplication = parcel.deduplication
        do throws(QueueError) { try message.check(for: queue) } catch {
            return .refused(.final("INVALID_PARAMETER", "The queue does not take the message: \(error)"))
        }
        return .operations([try await queues.sending(message, to: queue)]) {}
    }
}
