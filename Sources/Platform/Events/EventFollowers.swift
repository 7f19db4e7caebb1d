import Core
import EventPattern
import Synchronization

/// Who watches events as they are put on buses.
final class EventFollowers: Sendable {
    private struct Follower {
        let bus: EventBusName?
        let pattern: EventPattern?
        let events: AsyncStream<BusEvent>.Continuation
    }

    private struct State {
        var nextID = 0
        var followers: [Int: Follower] = [:]
    }

    /// More than this do not watch at a time.
    static let limit = 100
    /// Events that wait for one who reads slowly; beyond them the oldest are missed.
    private static let waitingLimit = 256
    private let state = Mutex(State())

    /// Events from now on; `nil` where too many watch already.
    func follow(_ bus: EventBusName?, _ pattern: EventPattern?) -> AsyncStream<BusEvent>? {
        let (stream, continuation) = AsyncStream.makeStream(
            of: BusEvent.self, bufferingPolicy: .bufferingNewest(Self.waitingLimit))
        let id: Int? = state.withLock { state in
            guard state.followers.count < Self.limit else { return nil }
            state.nextID += 1
            state.followers[state.nextID] = Follower(bus: bus, pattern: pattern, events: continuation)
            return state.nextID
        }
        guard let id else { return nil }
        continuation.onTermination = { [weak self] _ in
            _ = self?.state.withLock { $0.followers.removeValue(forKey: id) }
        }
        return stream
    }

    /// Passes an event to those who watch for it.
    func publish(_ event: BusEvent) {
        let followers = state.withLock { Array($0.followers.values) }
        for follower in followers where follower.bus.map({ $0 == event.bus }) ?? true {
            if let pattern = follower.pattern {
                // An event that cannot be compared is none that one watches for.
                guard let explanation = try? EventExplanation(of: pattern, on: event.bytes), explanation.matches else {
                    continue
                }
            }
            follower.events.yield(event)
        }
    }
}
