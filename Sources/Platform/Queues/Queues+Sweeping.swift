import Core
import Logging
import Storage
import Synchronization

extension Queues {
    private static let sweepInterval = Duration.seconds(60)
    private static let sweepCount = 500

    /// Deletes, from time to time, what nobody receives: messages that are too old, and items of queues that are gone.
    package nonisolated func run(accounts: [AccountID]) async {
        while !Task.isCancelled {
            for account in accounts {
                do { try await sweep(account) } catch {
                    logger.warning("Queues could not be swept.", metadata: ["reason": "\(error)"])
                }
            }
            do { try await Task.sleep(for: Self.sweepInterval) } catch { return }
        }
    }

    /// Does this once.
    nonisolated func sweep(_ account: AccountID) async throws {
        let partition = Partition(account: account)
        let due = try await store.dueTimes(partition, prefix: "queue/")
        let incarnations = try await records.incarnations(in: account)
        let filled = due.map(\.queue)
        let emptied = watch.withLock { $0.known }.subtracting(filled.map(\.text)).map { QueueID($0) }
        for queue in filled + emptied {
            guard incarnations.contains(queue.text) else {
                // A message that was sent while its queue was being deleted.
                _ = try await store.commit(partition, [.dropQueue(queue)])
                watch.withLock { $0.forget(queue.text) }
                continue
            }
            guard let name = Self.name(queue) else { continue }
            let address = QueueAddress(account: account, name: name)
            try await expire(address)
            try await look(at: address)
        }
    }

    /// Tells of a queue that grows, or has recovered.
    private nonisolated func look(at address: QueueAddress) async throws {
        guard let happenings else { return }
        let queue: Queue
        do throws(QueueError) { queue = try await self.queue(address) } catch {
            guard error == .missing else { throw error }
            return
        }
        let stats = try await stats(queue)
        let age = stats.oldest.map { Int((Instant.now.milliseconds - $0.milliseconds) / 1000) } ?? 0
        let waiting = stats.ready + stats.blocked
        let bounds = QueueBounds(tags: queue.state.tags)
        let news = watch.withLock { $0.look(at: queue.incarnation, waiting: waiting, age: age, bounds) }
        guard let news else { return }
        happenings.tell(
            .queue(address.arn(in: region), isGrowing: news, waiting: waiting, age: age, bounds))
    }

    /// Deletes messages that are too old, as long as the one next in line is.
    private nonisolated func expire(_ address: QueueAddress) async throws {
        let queue: Queue
        do throws(QueueError) { queue = try await self.queue(address) } catch {
            guard error == .missing else { throw error }
            return
        }
        let oldest = (try await now()).advanced(milliseconds: -Int64(queue.settings.retention) * 1000)
        while !Task.isCancelled, let next = try await stats(queue).oldest, next <= oldest {
            let items = try await store.items(queue.partition, queue.items, after: nil, limit: Self.sweepCount)
            let now = try await now()
            let old = items.filter { item in
                // What is no message has no time of its own.
                ((try? MessageItem(item.body))?.isTooOld(queue, at: now)) ?? (item.enqueued <= oldest)
            }
            guard !old.isEmpty else { return }
            _ = try await commit(old.map { .discard(queue.items, $0.id) }, queue)
        }
    }

    // Written by us from a name.
    private static func name(_ queue: QueueID) -> QueueName? {
        let parts = queue.text.split(separator: "/")
        return parts.count == 3 ? try? QueueName(String(parts[1])) : nil
    }
}
