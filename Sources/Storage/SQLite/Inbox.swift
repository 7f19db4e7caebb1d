import Dispatch
import Synchronization

/// What waits for the writer, bounded by its size.
///
/// While one group is written the next one gathers here by itself.
final class Inbox: Sendable {
    private struct State {
        var waiting: [Work] = []
        var bytes = 0
        /// How much must wait to wake the writer; `nil` while it is not asleep.
        var wakeAt: Int?
        /// Why nothing is taken any more.
        var closed: StoreError?
    }

    /// The largest group.
    static let groupCount = 512
    static let groupBytes = 4 << 20

    private let state = Mutex(State())
    private let wake = DispatchSemaphore(value: 0)
    private let limit: Int

    /// Takes so many bytes at most.
    init(limit: Int) { self.limit = limit }

    /// Lets work wait, or refuses it.
    func put(_ work: Work) {
        let refusal: StoreError? = state.withLock { state in
            if let closed = state.closed { return closed }
            guard state.bytes + work.bytes <= limit || state.waiting.isEmpty else { return .busy }
            state.waiting.append(work)
            state.bytes += work.bytes
            if let count = state.wakeAt, state.waiting.count >= count {
                state.wakeAt = nil
                wake.signal()
            }
            return nil
        }
        if let refusal { work.refuse(refusal) }
    }

    /// How many wait now.
    var count: Int { state.withLock { $0.waiting.count } }

    /// Waits until so many wait, or some of them and the time is over, and takes a group.
    ///
    /// The group is empty if nothing waits at the time `idle`; `nil` when closed and all is done.
    func take(
        _ count: Int = 1, until deadline: ContinuousClock.Instant? = nil, idle: ContinuousClock.Instant? = nil
    ) -> [Work]? {
        var wanted = deadline == nil ? 1 : max(1, count)
        while true {
            let left = deadline.map { $0 - .now } ?? .zero
            if left <= .zero { wanted = 1 }
            let group: [Work]?? = state.withLock { state in
                state.wakeAt = nil
                if state.waiting.count >= min(wanted, Self.groupCount) { return .some(Self.group(&state)) }
                if state.closed != nil { return .some(state.waiting.isEmpty ? nil : Self.group(&state)) }
                if let idle, idle <= .now, state.waiting.isEmpty { return .some([]) }
                state.wakeAt = wanted
                return nil
            }
            if let group { return group }
            if wanted > 1 {
                wait(left)
            } else if let idle {
                wait(idle - .now)
            } else {
                wake.wait()
            }
        }
    }

    private func wait(_ time: Duration) {
        _ = wake.wait(timeout: .now() + .nanoseconds(Int(max(.zero, time) / .nanoseconds(1))))
    }

    /// Takes no more; what waits is still given out, unless it is to be refused.
    func close(_ reason: StoreError, refuseWaiting: Bool) {
        let refused: [Work] = state.withLock { state in
            state.closed = state.closed ?? reason
            if state.wakeAt != nil {
                state.wakeAt = nil
                wake.signal()
            }
            guard refuseWaiting else { return [] }
            defer { state.waiting = [] }
            return state.waiting
        }
        for work in refused { work.refuse(reason) }
    }

    private static func group(_ state: inout State) -> [Work] {
        var count = 0
        var bytes = 0
        while count < min(state.waiting.count, groupCount), bytes < groupBytes {
            bytes += state.waiting[count].bytes
            count += 1
        }
        state.bytes -= bytes
        if count == state.waiting.count {
            defer { state.waiting = [] }
            return state.waiting
        }
        let group = Array(state.waiting[..<count])
        state.waiting.removeFirst(count)
        return group
    }
}
