/// One step of a batch; steps apply in order, and a later one sees what an earlier one did.
package enum WriteOperation: Equatable, Sendable {
    case put(RecordKey, value: [UInt8], index: [IndexValue] = [], expect: Expect = .any)
    /// Deleting what is not there is no error unless a version was expected.
    case delete(RecordKey, expect: Expect = .any)

    case append(LogID, [[UInt8]], expectNext: Int64? = nil)
    /// Forgets all entries below a sequence.
    case trim(LogID, before: Int64)
    /// Forgets the log; if it is written to again it begins at 0.
    case dropLog(LogID)

    /// Items of one group are handed out one after the other, in order of arrival.
    ///
    /// A deduplication text makes later items with the same text in the same queue void for five minutes. Higher
    /// priorities are handed out first.
    case enqueue(
        QueueID, body: [UInt8], delay: Duration = .zero, group: String? = nil, deduplication: String? = nil,
        priority: Int16 = 0)
    /// Finishes an item. The whole batch fails if the lease is lost: so a state changes exactly once.
    case ack(Lease)
    /// Gives an item back, to be claimed again after a while; what was no attempt is not counted as one.
    case nack(Lease, delay: Duration = .zero, isAttempt: Bool = true)
    /// Sets the time the lease still runs from now on.
    case extend(Lease, by: Duration)
    /// Moves an item to another queue of the partition, where it starts over without group and with its attempts at 0.
    case deadLetter(Lease, to: QueueID, reason: String)
    /// Takes an item out, whoever has it in hand; no error if it is gone.
    case discard(QueueID, ItemID)
    /// Forgets the queue: its items, their leases and its deduplication texts.
    case dropQueue(QueueID)
}

/// What one operation of a batch did.
package enum OperationResult: Equatable, Sendable {
    /// `put`: the record's new version.
    case version(Int64)
    /// `append`: the sequences of the entries.
    case sequences(Range<Int64>)
    /// `enqueue`, `deadLetter`: the item.
    case item(ItemID)
    /// `enqueue`: nothing was enqueued, because this item came before with the same deduplication text.
    case duplicate(of: ItemID)
    /// All others.
    case done
}
