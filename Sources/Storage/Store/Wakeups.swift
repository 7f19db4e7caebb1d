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
        for operation in operations {
            switch operation {
            case .put(let key, _, _, _), .delete(let key, _): topics.insert(.records(partition, kind: key.kind))
            case .append(let log, _, _): topics.insert(.log(partition, log))
            case .enqueue(let queue, _, let delay, _, _, _) where delay <= .zero:
                topics.insert(.queue(partition, queue))
            case .nack(let lease, let delay) where delay <= .zero: topics.insert(.queue(partition, lease.queue))
            case .ack(let lease) where lease.grouped: topics.insert(.queue(partition, lease.queue))
            case .deadLetter(let lease, let queue, _):
                topics.insert(.queue(partition, queue))
                if lease.grouped { topics.insert(.queue(partition, lease.queue)) }
            default: break
            }
        }
        return topics
    }
}

/// Passes hints from commits to those who wait for them, in this process only.
final class Wakeups: Sendable {
    private struct Listener {
        let topics: Set<Topic>
        let continuation: AsyncStream<Topic>.Continuation
    }

    private struct State {
        var nextID = 0
        var listeners: [Int: Listener] = [:]
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
            state.listeners[state.nextID] = Listener(topics: topics, continuation: continuation)
            return state.nextID
        }
        guard let id else {
            continuation.finish()
            return stream
        }
        continuation.onTermination = { [weak self] _ in self?.forget(id) }
        return stream
    }

    /// Tells all who wait for what a committed batch touched.
    func tell(_ operations: [WriteOperation], in partition: Partition) {
        let listeners = state.withLock { Array($0.listeners.values) }
        guard !listeners.isEmpty else { return }
        for topic in Topic.touched(by: operations, in: partition) {
            for listener in listeners where listener.topics.contains(topic) { listener.continuation.yield(topic) }
        }
    }

    /// Ends all streams.
    func close() {
        let listeners = state.withLock { state in
            state.closed = true
            return Array(state.listeners.values)
        }
        for listener in listeners { listener.continuation.finish() }
    }

    private func forget(_ id: Int) { _ = state.withLock { $0.listeners.removeValue(forKey: id) } }
}
