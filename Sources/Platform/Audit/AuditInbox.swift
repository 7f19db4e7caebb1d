import Core
import Dispatch
import Synchronization

/// What waits for the trail's writer, bounded; while one group is written the next one gathers here by itself.
///
/// Nothing is dropped silently: whoever waits for his record is told, and what nobody waits for is counted.
final class AuditInbox: Sendable {
    typealias Reply = CheckedContinuation<Result<Void, AuditError>, Never>

    /// What the writer is to do next.
    struct Batch: Sendable {
        var plaintext: [UInt8] = []
        var count = 0
        /// How many of the records nobody waits for.
        var buffered = 0
        var replies: [Reply] = []
        /// Old segments are to be removed, once the records are written.
        var cuts: [(before: Instant, reply: Reply)] = []
    }

    private struct Item {
        let bytes: [UInt8]
        let reply: Reply?
    }

    private struct State {
        var waiting: [Item] = []
        var cuts: [(before: Instant, reply: Reply)] = []
        var bytes = 0
        var buffered = 0
        var flood: AuditFlood
        var overrun = AuditOmission()
        var unproven = AuditOmission()
        var isAsleep = false
        var closed: AuditError?
    }

    private let state: Mutex<State>
    private let wake = DispatchSemaphore(value: 0)
    private let settings: AuditSettings
    private let clock: @Sendable () -> Instant

    init(_ settings: AuditSettings, clock: @escaping @Sendable () -> Instant) {
        self.settings = settings
        self.clock = clock
        state = Mutex(State(flood: AuditFlood(perSecond: settings.unprovenPerSecond)))
    }

    /// Whether records are taken.
    var isOpen: Bool { state.withLock { $0.closed == nil } }

    /// Lets a record wait for which nobody waits; one that finds no room is counted.
    func put(_ record: AuditRecord) {
        let bytes = record.bytes
        state.withLock { state in
            guard state.closed == nil else { return }
            if record.kind == .authentication, !state.flood.admits(at: record.time) {
                return state.unproven.add(at: record.time)
            }
            guard state.buffered < settings.bufferedRecords, state.bytes + bytes.count <= settings.waitingBytes else {
                return state.overrun.add(at: record.time)
            }
            state.buffered += 1
            add(Item(bytes: bytes, reply: nil), to: &state)
        }
    }

    /// Lets a record wait whose caller wants to know when it is on the disk.
    func put(_ record: AuditRecord, _ reply: Reply) {
        let bytes = record.bytes
        let refusal: AuditError? = state.withLock { state in
            if let closed = state.closed { return closed }
            guard state.bytes + bytes.count <= settings.waitingBytes else { return .busy }
            add(Item(bytes: bytes, reply: reply), to: &state)
            return nil
        }
        if let refusal { reply.resume(returning: .failure(refusal)) }
    }

    /// Asks for the removal of segments whose records are all older than a time.
    func cut(before time: Instant, _ reply: Reply) {
        let refusal: AuditError? = state.withLock { state in
            if let closed = state.closed { return closed }
            state.cuts.append((time, reply))
            wakeUp(&state)
            return nil
        }
        if let refusal { reply.resume(returning: .failure(refusal)) }
    }

    /// Counts records that were taken and could not be written.
    func count(lost: Int, at time: Instant) {
        state.withLock { state in for _ in 0..<lost { state.overrun.add(at: time) } }
    }

    /// Waits for something to do, no longer than until a deadline; `nil` when closed and all is done.
    func take(until deadline: ContinuousClock.Instant?) -> Batch? {
        while true {
            let taken: Batch?? = state.withLock { state in
                state.isAsleep = false
                let batch = Self.batch(&state, at: clock())
                if batch.count > 0 || !batch.cuts.isEmpty { return .some(batch) }
                if state.closed != nil { return .some(nil) }
                if let deadline, deadline <= .now { return .some(batch) }
                state.isAsleep = true
                return nil
            }
            if let taken { return taken }
            if let deadline {
                let left = max(.zero, deadline - .now)
                _ = wake.wait(timeout: .now() + .nanoseconds(Int(left / .nanoseconds(1))))
            } else {
                wake.wait()
            }
        }
    }

    /// Takes no more; what waits is still given out, unless it is to be refused.
    func close(_ reason: AuditError, refuseWaiting: Bool) {
        let refused: [Reply] = state.withLock { state in
            state.closed = state.closed ?? reason
            wakeUp(&state)
            guard refuseWaiting else { return [] }
            defer {
                state.waiting = []
                state.cuts = []
            }
            return state.waiting.compactMap(\.reply) + state.cuts.map(\.reply)
        }
        for reply in refused { reply.resume(returning: .failure(reason)) }
    }

    private func add(_ item: Item, to state: inout State) {
        state.waiting.append(item)
        state.bytes += item.bytes.count
        wakeUp(&state)
    }

    private func wakeUp(_ state: inout State) {
        guard state.isAsleep else { return }
        state.isAsleep = false
        wake.signal()
    }

    private static func batch(_ state: inout State, at time: Instant) -> Batch {
        var batch = Batch()
        let sayings = [
            state.overrun.take("audit:QueueOverrun", at: time), state.unproven.take("audit:UnprovenRequests", at: time),
        ]
        for record in sayings {
            guard let record else { continue }
            record.append(to: &batch.plaintext)
            batch.count += 1
        }
        var taken = 0
        while taken < state.waiting.count, batch.count < AuditGroup.recordLimit {
            let item = state.waiting[taken]
            guard batch.plaintext.count + item.bytes.count <= AuditGroup.plaintextLimit else { break }
            batch.plaintext += item.bytes
            batch.count += 1
            state.bytes -= item.bytes.count
            if let reply = item.reply { batch.replies.append(reply) } else { batch.buffered += 1 }
            taken += 1
        }
        state.buffered -= batch.buffered
        if taken == state.waiting.count { state.waiting = [] } else { state.waiting.removeFirst(taken) }
        if state.waiting.isEmpty { (batch.cuts, state.cuts) = (state.cuts, []) }
        return batch
    }
}
