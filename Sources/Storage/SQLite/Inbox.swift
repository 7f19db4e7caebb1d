import Dispatch
import Synchronization

/// What waits for the writer, bounded by its size.
///
/// There is no timer: while one group is written the next one gathers here by itself.
final class Inbox: Sendable {
    private struct State {
        var waiting: [Work] = []
        var bytes = 0
        var sleeping = false
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
            if state.sleeping {
                state.sleeping = false
                wake.signal()
            }
            return nil
        }
        if let refusal { work.refuse(refusal) }
    }

    /// Waits for work and takes a group; an empty one if `idle` and nothing waits; `nil` when closed and all is done.
    func take(idle: Bool) -> [Work]? {
        while true {
            let group: [Work]?? = state.withLock { state in
                if !state.waiting.isEmpty { return .some(Self.group(&state)) }
                if state.closed != nil { return .some(nil) }
                if idle { return .some([]) }
                state.sleeping = true
                return nil
            }
            if let group { return group }
            wake.wait()
        }
    }

    /// Takes no more; what waits is still given out, unless it is to be refused.
    func close(_ reason: StoreError, refuseWaiting: Bool) {
        let refused: [Work] = state.withLock { state in
            state.closed = state.closed ?? reason
            if state.sleeping {
                state.sleeping = false
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
