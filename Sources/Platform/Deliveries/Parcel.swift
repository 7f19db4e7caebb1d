import Core
import Storage

/// Something on its way from one part of the platform to a target of another: the event of a rule, a firing, a
/// notification, the result of a call.
package struct Parcel: Hashable, Sendable {
    /// Where a parcel goes that could not be delivered.
    package struct DeadLetterQueue: Hashable, Sendable, Codable {
        /// The ARN of the queue.
        package let arn: String
        /// What the message says of the parcel, as attributes of type String, beside why it is there.
        package let facts: [String: String]
        /// Whether the message says why it is there: `ERROR_CODE`, `ERROR_MESSAGE`, `RETRY_ATTEMPTS`.
        package let tellsWhy: Bool

        /// Takes all three.
        package init(arn: String, facts: [String: String] = [:], tellsWhy: Bool = true) {
            self.arn = arn
            self.facts = facts
            self.tellsWhy = tellsWhy
        }
    }

    /// What tells it apart; a function that it calls gets it as the id of the request.
    package let id: RequestID
    package let account: AccountID
    /// The ARN of the target.
    package let target: String
    package private(set) var sender: Sender
    package let descent: Descent
    package let trace: TraceContext
    /// When it set out.
    package let created: Instant
    package var payload: [UInt8]
    /// What queues and topics take beside the payload.
    package var attributes: [MessageAttribute] = []
    package var group: String?
    package var deduplication: String?
    /// What else only the route to its target knows how to read.
    package var notes: [String: String] = [:]
    /// Its place among what waits for its target; `nil` where it never waited.
    var order: ItemID?
    package var retry = DeliveryRetry.standard
    package var deadLetters: DeadLetterQueue?
    /// Who is told how the call ended that it makes, or that it could not be delivered.
    package var channels: ResultChannels?
    /// Whose line it waits in, where that is not its target's own: what many targets are reached by, one after the other.
    package var line: String?
    /// What the sender knows it by, where it wants to hear what became of it.
    package var origin: String?

    /// A parcel that is tried for a day, without a queue of its own for what cannot be delivered.
    package init(
        id: RequestID = RequestID(), account: AccountID, target: String, sender: Sender, descent: Descent,
        trace: TraceContext, created: Instant = .now, payload: [UInt8]
    ) {
        self.id = id
        self.account = account
        self.target = target
        self.sender = sender
        self.descent = descent
        self.trace = trace
        self.created = created
        self.payload = payload
    }

    /// The same, of a sender that acts as itself.
    var withoutRole: Parcel {
        var parcel = self
        parcel.sender = Sender(service: sender.service, source: sender.source)
        return parcel
    }

    /// The same as if it had just set out, under the same id and in the same lineage, at its beginning.
    func anew(at time: Instant) -> Parcel {
        var parcel = Parcel(
            id: id, account: account, target: target, sender: sender,
            descent: Descent(lineage: descent.lineage, entry: descent.entry), trace: trace, created: time,
            payload: payload)
        parcel.attributes = attributes
        parcel.group = group
        parcel.deduplication = deduplication
        parcel.notes = notes
        parcel.retry = retry
        parcel.deadLetters = deadLetters
        parcel.channels = channels
        parcel.line = line
        parcel.origin = origin
        return parcel
    }
}
