import Synchronization

/// What somebody may wait for.
package enum Topic: Hashable, Sendable {
    /// Something in this queue may be claimed now.
    case queue(Partition, QueueID)
    /// Something was appended to this log.
    case log(Partition, LogID)
    /// A record of this kind was written or deleted.
    case records(Partition, kind: String)
}

extension Topic {
    /// What a committed batch may set in motion.
    static func touched(by operations: [WriteOperation], in partition: Partition) -> Set<Topic> {
        var topics: Set<Topic> = []
        var last: QueueID?
        for operation in operations {
            switch operation {
            case .put(let key, _, _, _), .delete(let key, _): topics.insert(.records(partition, kind: key.kind))
            case .append(let log, _, _): topics.insert(.log(partition, log))
            case .enqueue(let queue, _, let delay, _, _, _) where delay <= .zero:
                // Most of a batch goes to one queue.
                if queue != last { topics.insert(.queue(partition, queue)) }
                last = queue
            case .nack(let lease, let delay, _) where delay <= .zero: topics.insert(.queue(partition, lease.queue))
            case .ack(let lease) where lease.grouped: topics.insert(.queue(partition, lease.queue))
            case .deadLetter(let lease, let queue, _):
                topics.insert(.queue(partition, queue))
                if lease.grouped { topics.insert(.queue(partition, lease.queue)) }
            case .discard(let queue, _): topics.insert(.queue(partition, queue))
            default: break
            }
        }
        return topics
    }
}

/// Passes hints from commits to those who wait for them, in this process only.
final class Wakeups: Sendable {
    private struct State {
        var nextID = 0
        /// Who waits for what; a commit costs nothing for those who wait for something else.
        var listeners: [Topic: [Int: AsyncStream<Topic>.Continuation]] = [:]
        var closed = false
    }

    private let state = Mutex(State())

    /// Makes a stream of the hints on some topics; it ends when the store closes.
    func listen(to topics: Set<Topic>) -> AsyncStream<Topic> {
        let (stream, continuation) = AsyncStream.makeStream(
            of: Topic.self, bufferingPolicy: .bufferingNewest(2 * topics.count))
        let id: Int? = state.withLock { state in
            guard !state.closed else { return nil }
            state.nextID += 1
            for topic in topics { state.listeners[topic, default: [:]][state.nextID] = continuation }
            return state.nextID
        }
        guard let id else {
            continuation.finish()
            return stream
        }
        continuation.onTermination = { [weak self] _ in self?.forget(id, topics) }
        return stream
    }

    /// Tells all who wait for what a committed batch touched.
    func tell(_ operations: [WriteOperation], in partition: Partition) {
        guard state.withLock({ !$0.listeners.isEmpty }) else { return }
        for topic in Topic.touched(by: operations, in: partition) {
            let listeners = state.withLock { $0.listeners[topic].map { Array($0.values) } }
            for listener in listeners ?? [] { listener.yield(topic) }
        }
    }

    /// Ends all streams.
    func close() {
        let listeners = state.withLock { state in
            state.closed = true
            return state.listeners.values.flatMap(\.values)
        }
        for listener in listeners { listener.finish() }
    }

    private func forget(_ id: Int, _ topics: Set<Topic>) {
        state.withLock { state in
            for topic in topics {
                state.listeners[topic]?[id] = nil
                if state.listeners[topic]?.isEmpty == true { state.listeners[topic] = nil }
            }
        }
    }
}
