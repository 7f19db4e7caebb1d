import Core
import Logging
import Storage
import Synchronization

extension Queues {
    /// The longest time between two looks at a queue that somebody waits for, should a hint get lost.
    private static let longestPause = Duration.seconds(1)
    private static let worker = WorkerID("queues")

    /// Receives messages: at most so many, hidden for a while, and waits for the first one if there is none.
    ///
    /// What is too old is deleted on the way, and what was received too often goes to the dead-letter queue.
    package nonisolated func receive(
        _ count: Int, from address: QueueAddress, hiding: Int?, waiting: Int?, attempt: String? = nil
    ) async throws(QueueError) -> [ReceivedMessage] {
        let clock = ContinuousClock()
        var deadline: ContinuousClock.Instant?
        var hints: AsyncStream<Topic>?
        while true {
            let queue = try await queue(address)
            let end = deadline ?? clock.now + .seconds(waiting ?? queue.settings.receiveWait)
            deadline = end
            let messages = try await take(
                count, from: queue, hiding: hiding ?? queue.settings.visibilityTimeout, attempt: attempt)
            guard messages.isEmpty, clock.now < end, !Task.isCancelled else { return messages }
            // Most find something at once; who does not looks again when it listens, as something may have come before.
            if let hints {
                await Self.wait(
                    for: hints, until: try await nextLook(at: queue, before: min(end, .now + Self.longestPause)))
            }
            hints = store.wakeups([queue.topic()])
        }
    }

    /// Claims until there is a message to give out, or nothing to claim.
    private nonisolated func take(
        _ count: Int, from queue: Queue, hiding: Int, attempt: String?
    ) async throws(QueueError) -> [ReceivedMessage] {
        guard try await !isCrowded(queue) else {
            // As on AWS, who receives from a FIFO queue is told nothing.
            guard queue.isFIFO else { throw .crowded }
            return []
        }
        while true {
            let claimed = try await claim(count, from: queue, hiding: .seconds(hiding), attempt: attempt)
            guard !claimed.isEmpty else { return [] }
            let now = try await now()
            var messages: [ReceivedMessage] = []
            for item in claimed {
                if let message = try await admit(item, in: queue, at: now) { messages.append(message) }
            }
            if !messages.isEmpty { return messages }
        }
    }

    /// Claims what is due; a repeated attempt gets what it had before, as far as nobody else has it by now.
    private nonisolated func claim(
        _ count: Int, from queue: Queue, hiding: Duration, attempt: String?
    ) async throws(QueueError) -> [Claimed] {
        do {
            guard queue.isFIFO, let attempt else {
                return try await store.claim(
                    queue.partition, queue.items, max: count, lease: hiding, worker: Self.worker)
            }
            var claimed: [Claimed] = []
            for lease in receiveAttempts.take(attempt, at: queue.items) {
                do { _ = try await store.commit(queue.partition, [.nack(lease)]) } catch StoreError.leaseLost {
                    continue
                }
                let again = try await store.claim(
                    queue.partition, queue.items, item: lease.item, lease: hiding, worker: Self.worker)
                if let again { claimed.append(again) }
            }
            if claimed.isEmpty {
                claimed = try await store.claim(
                    queue.partition, queue.items, max: count, lease: hiding, worker: Self.worker)
            }
            if !claimed.isEmpty { receiveAttempts.keep(claimed.map(\.lease), of: attempt, at: queue.items) }
            return claimed
        } catch { throw .storageFailed(StoreFault(error)) }
    }

    /// The message of a claimed item, unless it is not to be received any more.
    private nonisolated func admit(
        _ claimed: Claimed, in queue: Queue, at now: Instant
    ) async throws(QueueError) -> ReceivedMessage? {
        let item: MessageItem
        do throws(MessageItem.Fault) { item = try MessageItem(claimed.body) } catch {
            return damaged(claimed, in: queue)
        }
        guard !item.isTooOld(queue, at: now) else {
            _ = try await commit([.discard(queue.items, claimed.lease.item)], queue)
            return nil
        }
        if let redrive = queue.settings.redrive, claimed.attempts > redrive.maximumReceives,
            try await bury(claimed, item, of: queue, in: redrive.target)
        {
            return nil
        }
        let message: ReceivedMessage
        do { message = try ReceivedMessage(claimed, item, in: queue) } catch { return damaged(claimed, in: queue) }
        if !queue.isFIFO, message.receives == 1, let group = message.group {
            shares.withLock { $0.received(group, from: queue.items) }
        }
        return message
    }

    /// A message that cannot be read keeps nobody from the others; it stays where the operator can look at it.
    private nonisolated func damaged(_ claimed: Claimed, in queue: Queue) -> ReceivedMessage? {
        logger.error(
            "A message cannot be read.",
            metadata: ["queue": "\(queue.address.name)", "item": "\(claimed.lease.item)"])
        return nil
    }

    /// When something may be received that cannot be now; a time after which to look anyhow.
    nonisolated func nextLook(
        at queue: Queue, before end: ContinuousClock.Instant
    ) async throws(QueueError) -> ContinuousClock.Instant {
        guard let due = try await stats(queue).nextDue else { return end }
        let wait = due.milliseconds - (try await now()).milliseconds
        return min(end, .now + .milliseconds(max(1, wait)))
    }

    /// Waits for a hint or for a time, whichever comes first.
    static func wait(for hints: AsyncStream<Topic>, until time: ContinuousClock.Instant) async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { for await _ in hints { return } }
            // Whoever is cancelled waits no longer.
            group.addTask { try? await Task.sleep(until: time, clock: .continuous) }
            await group.next()
            group.cancelAll()
        }
    }
}

extension MessageItem {
    /// Whether a queue keeps messages for a shorter time.
    func isTooOld(_ queue: Queue, at now: Instant) -> Bool {
        sent.advanced(milliseconds: Int64(queue.settings.retention) * 1000) <= now
    }
}
