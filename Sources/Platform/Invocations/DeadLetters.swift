import Core
import Logging
import Storage
import Vault

/// Asynchronous calls and other deliveries that did not succeed, for the operator to look at, to try once more, or to
/// throw away.
package struct DeadLetters: Sendable {
    /// The number of a letter.
    package struct ID: Hashable, Sendable, CustomStringConvertible {
        let item: ItemID

        package var description: String { item.description }

        /// Reads the text form: decimal digits.
        package init?(_ text: String) {
            guard let item = ItemID(text) else { return nil }
            self.item = item
        }

        init(_ item: ItemID) { self.item = item }
    }

    /// What is known of one.
    package struct Letter: Equatable, Sendable {
        package let id: ID
        /// Why the platform gave up.
        package let reason: String
        /// How often it was taken up, as far as was counted.
        package let attempts: Int
        /// When the platform gave up.
        package let ended: Instant
        /// The call itself; `nil` where it is a delivery, or nothing that can be read.
        package let call: Call?
        /// What could not be delivered to a target that is no function, or may not be called.
        package var parcel: Parcel?
    }

    /// Whose call it was, and where it came from.
    package struct Call: Equatable, Sendable {
        package let requestID: RequestID
        package let function: FunctionName
        package let qualifier: Qualifier?
        package let accepted: Instant
        package let lineage: LineageID
        package let trace: TraceContext
    }

    /// What the function was to work on.
    package struct Content: Equatable, Sendable {
        package let payload: [UInt8]
        package let clientContext: String?
    }

    /// How long one letter is held while something is done with it.
    private static let lease = Duration.seconds(30)
    private static let worker = WorkerID("dead letters")

    private let account: AccountID
    private let store: any Store
    private let key: @Sendable (AccountID, FunctionName) async throws -> SealingKey
    private let deliveries: Deliveries
    private let onRedrive: @Sendable (QueueID) -> Void
    private let logger: Logger

    private var partition: Partition { Partition(account: account) }

    /// Looks after one account's dead letters; `key` gives the key that seals a function's events.
    ///
    /// `onRedrive` is told the queue in which a call waits again.
    package init(
        account: AccountID, store: any Store, deliveries: Deliveries, logger: Logger,
        onRedrive: @escaping @Sendable (QueueID) -> Void = { _ in },
        key: @escaping @Sendable (AccountID, FunctionName) async throws -> SealingKey
    ) {
        self.account = account
        self.store = store
        self.deliveries = deliveries
        self.logger = logger
        self.onRedrive = onRedrive
        self.key = key
    }

    /// A page, in the order in which the calls came in; `next` is where to go on, `nil` at the end.
    package func list(after: ID?, limit: Int) async throws -> (letters: [Letter], next: ID?) {
        let items = try await store.items(partition, EventInvocations.deadLetters, after: after?.item, limit: limit)
        var letters: [Letter] = []
        for item in items { letters.append(await letter(item)) }
        return (letters, items.last.map { ID($0.id) })
    }

    /// A letter and its content; `nil` where it is not there.
    ///
    /// The content is `nil` where it cannot be read any more: the item is malformed, or its key was erased.
    package func open(_ id: ID) async throws -> (letter: Letter, content: Content?)? {
        let before = ItemID(String(id.item.number - 1))
        let items = try await store.items(partition, EventInvocations.deadLetters, after: before, limit: 1)
        guard let item = items.first, item.id == id.item else { return nil }
        let letter = await letter(item)
        if let parcel = letter.parcel { return (letter, Content(payload: parcel.payload, clientContext: nil)) }
        return (letter, try await content(of: item))
    }

    private func letter(_ item: QueueItem) async -> Letter {
        // What cannot be opened is shown as what nothing is known of.
        guard ParcelItem.isParcel(item.body), let opened = try? await deliveries.open(item.body) else {
            return Letter(item)
        }
        return Letter(
            id: ID(item.id), reason: opened.refusal.map { "\($0.code): \($0.reason)" } ?? "",
            attempts: opened.attempts, ended: item.enqueued, call: nil, parcel: opened.parcel)
    }

    /// Lets the call be tried anew, as if it had just come; false where the letter is not there or is no call.
    package func redrive(_ id: ID) async throws -> Bool {
        guard let claimed = try await take(id) else { return false }
        if ParcelItem.isParcel(claimed.body) {
            let key = try await deliveries.key()
            // What cannot be opened now could not when it was set aside.
            guard let parcel = try? deliveries.open(claimed.body, with: key).parcel.anew(at: .now) else {
                _ = try await store.commit(partition, [.nack(claimed.lease, delay: .zero)])
                return false
            }
            try await deliveries.send([parcel], with: [.ack(claimed.lease)])
            return true
        }
        // What is no call now was none when it was set aside.
        guard let item = try? WorkItem(claimed.body) else {
            _ = try await store.commit(partition, [.nack(claimed.lease, delay: .zero)])
            return false
        }
        let call = item.anew(at: .now)
        let queue = EventInvocations.queue(of: item.function)
        _ = try await store.commit(partition, [.ack(claimed.lease), .enqueue(queue, body: call.bytes)])
        onRedrive(queue)
        logger.notice(
            "A dead letter is tried anew.", metadata: ["letter": "\(id)", "invocation.id": "\(item.requestID)"])
        return true
    }

    /// Throws a letter away; false where it is not there.
    package func delete(_ id: ID) async throws -> Bool {
        guard let claimed = try await take(id) else { return false }
        _ = try await store.commit(partition, [.ack(claimed.lease)])
        logger.notice("A dead letter was deleted.", metadata: ["letter": "\(id)"])
        return true
    }

    private func take(_ id: ID) async throws -> Claimed? {
        try await store.claim(
            partition, EventInvocations.deadLetters, item: id.item, lease: Self.lease, worker: Self.worker)
    }

    private func content(of item: QueueItem) async throws -> Content? {
        // What is no call has no content.
        guard let call = try? WorkItem(item.body) else { return nil }
        let key = try await key(account, call.function)
        let binding = EventInvocations.binding(account, call.function, call.requestID)
        do {
            let content = try EventContent(try key.open(call.sealed, binding: binding))
            return Content(payload: content.payload, clientContext: content.clientContext)
        } catch { return nil }
    }
}

extension DeadLetters.Letter {
    /// Reads an item of the queue of dead letters.
    init(_ item: QueueItem) {
        // What is no call is shown without one.
        let call = try? WorkItem(item.body)
        self.init(
            id: DeadLetters.ID(item.id), reason: item.death?.reason ?? "",
            attempts: (item.death?.attempts ?? 0) + (call?.errors ?? 0),
            ended: item.death?.at ?? item.enqueued,
            call: call.map {
                DeadLetters.Call(
                    requestID: $0.requestID, function: $0.function, qualifier: $0.qualifier, accepted: $0.accepted,
                    lineage: $0.lineage, trace: $0.trace)
            })
    }
}
