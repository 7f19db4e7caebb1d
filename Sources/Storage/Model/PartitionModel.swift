import Core
import FoundationEssentials

/// All state of one partition, and what each operation does to it: the specification.
struct PartitionModel {
    /// How long the id of a commit is remembered.
    static let commitWindow: Int64 = 24 * 60 * 60 * 1000

    var records = RecordModel()
    private var logs: [[UInt8]: LogModel] = [:]
    private var queues: [[UInt8]: QueueModel] = [:]
    private var applied: [UUID: Instant] = [:]

    /// The log of this name.
    func log(_ id: LogID) -> LogModel { logs[Array(id.text.utf8)] ?? LogModel() }

    /// The queue of this name.
    subscript(_ id: QueueID) -> QueueModel {
        get { queues[Array(id.text.utf8)] ?? QueueModel() }
        set { queues[Array(id.text.utf8)] = newValue }
    }

    /// The queues that hold items, in the order of their names' bytes.
    func dueTimes(prefix: String) -> [QueueDue] {
        queues.filter { $0.key.starts(with: Array(prefix.utf8)) }
            .sorted { $0.key.lexicographicallyPrecedes($1.key) }
            .compactMap { name, queue in
                queue.due.map { QueueDue(queue: QueueID(String(decoding: name, as: UTF8.self)), due: $0) }
            }
    }

    /// Ends all leases, as opening the store does.
    mutating func giveBackAll(at now: Instant) {
        for name in queues.keys { queues[name]?.giveBackAll(at: now) }
    }

    /// Applies a batch; a caller that gets an error throws the changed state away.
    mutating func apply(
        _ operations: [WriteOperation], id: CommitID?, at now: Instant, nextItem: inout Int64, limits: StoreLimits
    ) throws(StoreError) -> [OperationResult] {
        if let id {
            if let before = applied[id.uuid], before.advanced(milliseconds: Self.commitWindow) > now {
                throw .alreadyApplied
            }
            applied[id.uuid] = now
        }
        var results: [OperationResult] = []
        for (index, operation) in operations.enumerated() {
            results.append(try apply(operation, index, at: now, nextItem: &nextItem, limits: limits))
        }
        return results
    }

    private mutating func apply(
        _ operation: WriteOperation, _ index: Int, at now: Instant, nextItem: inout Int64, limits: StoreLimits
    ) throws(StoreError) -> OperationResult {
        switch operation {
        case .put(let key, let value, let values, let expect):
            let record = Record(key: key, value: value, version: 0, index: values)
            guard let version = records.put(record, expect: expect) else { throw .conflict(operation: index) }
            return .version(version)
        case .delete(let key, let expect):
            guard records.delete(key, expect: expect) else { throw .conflict(operation: index) }
            return .done
        case .append(let id, let entries, let expectNext):
            var log = log(id)
            guard let range = log.append(entries, expectNext: expectNext, at: now) else {
                throw .conflict(operation: index)
            }
            logs[Array(id.text.utf8)] = log
            return .sequences(range)
        case .trim(let id, let before):
            logs[Array(id.text.utf8)]?.trim(before: before)
            return .done
        case .dropLog(let id):
            logs[Array(id.text.utf8)] = nil
            return .done
        case .enqueue(let id, let body, let delay, let group, let deduplication, let priority):
            if let original = self[id].original(of: deduplication, at: now) { return .duplicate(of: original) }
            guard self[id].items.count < limits.queueDepth else { throw .queueFull(operation: index) }
            let item = ItemID(nextItem)
            nextItem += 1
            self[id].add(
                item, body: body, due: now.advanced(milliseconds: delay.milliseconds), group: group,
                deduplication: deduplication, priority: priority, enqueued: now, now: now)
            return .item(item)
        case .ack(let lease):
            guard self[lease.queue].remove(lease) != nil else { throw .leaseLost(operation: index) }
            return .done
        case .nack(let lease, let delay, let isAttempt):
            let until = now.advanced(milliseconds: delay.milliseconds)
            guard self[lease.queue].giveBack(lease, until: until, isAttempt: isAttempt) else {
                throw .leaseLost(operation: index)
            }
            return .done
        case .extend(let lease, let delay):
            let until = now.advanced(milliseconds: delay.milliseconds)
            guard self[lease.queue].extend(lease, until: until) else { throw .leaseLost(operation: index) }
            return .done
        case .deadLetter(let lease, let target, let reason):
            guard let item = self[lease.queue].remove(lease) else { throw .leaseLost(operation: index) }
            guard self[target].items.count < limits.queueDepth else { throw .queueFull(operation: index) }
            let death = Claimed.Death(queue: lease.queue, reason: reason, attempts: item.attempts, at: now)
            self[target].add(
                item.id, body: item.body, due: now, priority: item.priority, enqueued: item.enqueued, now: now,
                death: death)
            return .item(item.id)
        case .discard(let queue, let item):
            self[queue].discard(item)
            return .done
        case .dropQueue(let queue):
            queues[Array(queue.text.utf8)] = nil
            return .done
        }
    }
}
