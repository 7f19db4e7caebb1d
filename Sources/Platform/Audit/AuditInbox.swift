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
        /// How many calls nobody will ever hear of, unless they are counted, if the batch cannot be written.
        var untold = 0
        var replies: [Reply] = []
        /// Old segments are to be removed, once the records are written.
        var cuts: [(before: Instant, reply: Reply)] = []

        /// Puts in a record that stands for calls which have none of their own.
        fileprivate mutating func say(_ record: AuditRecord, of calls: Int) {
            record.append(to: &plaintext)
            count += 1
            untold += calls
        }
    }

    /// Counts of denials in one batch, and the room that is left for them and for what was omitted.
    private static let countsAtOnce = 128
    private static let countsSize = 4096 * (countsAtOnce + 1)

    private struct Item {
        let bytes: [UInt8]
        let reply: Reply?
        /// Whether nobody else tells that it could not be written.
        let isUntold: Bool
    }

    private struct State {
        var waiting: [Item] = []
        var cuts: [(before: Instant, reply: Reply)] = []
        var bytes = 0
        var buffered = 0
        var denials: AuditDenials
        var overrun = AuditOmission()
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
        state = Mutex(State(denials: AuditDenials(settings.denials)))
    }

    /// Whether records are taken.
    var isOpen: Bool { state.withLock { $0.closed == nil } }

    /// Lets a record wait for which nobody waits; one that finds no room is counted, and so is a denial like others.
    func put(_ record: AuditRecord) {
        let (bytes, now) = (record.bytes, clock())
        state.withLock { state in
            guard state.closed == nil, state.denials.take(record, at: now) == .keep else { return }
            guard state.buffered < settings.bufferedRecords, state.bytes + bytes.count <= settings.waitingBytes else {
                return state.overrun.add(at: record.time)
            }
            state.buffered += 1
            add(Item(bytes: bytes, reply: nil, isUntold: true), to: &state)
        }
    }

    /// Lets a record wait whose caller wants to know when it is on the disk; a denial like others is counted instead.
    func put(_ record: AuditRecord, _ reply: Reply) {
        let (bytes, now) = (record.bytes, clock())
        let isDenial = if case .denied = record.outcome { true } else { false }
        let result: Result<Void, AuditError>? = state.withLock { state in
            if let closed = state.closed { return .failure(closed) }
            guard state.denials.take(record, at: now) == .keep else { return .success(()) }
            guard state.bytes + bytes.count <= settings.waitingBytes else {
                if isDenial { state.overrun.add(at: now) }
                return .failure(.busy)
            }
            add(Item(bytes: bytes, reply: reply, isUntold: isDenial), to: &state)
            return nil
        }
        if let result { reply.resume(returning: result) }
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
        state.withLock { $0.overrun.add(lost, at: time) }
    }

    /// Waits for something to do, no longer than until a deadline; `nil` when closed and all is done.
    func take(until deadline: ContinuousClock.Instant?) -> Batch? {
        while true {
            var due: Instant?
            let taken: Batch?? = state.withLock { state in
                state.isAsleep = false
                let batch = Self.batch(&state, at: clock())
                if batch.count > 0 || !batch.cuts.isEmpty { return .some(batch) }
                if state.closed != nil { return .some(nil) }
                if let deadline, deadline <= .now { return .some(batch) }
                state.isAsleep = true
                due = state.denials.due
                return nil
            }
            if let taken { return taken }
            sleep(until: deadline, due)
        }
    }

    /// Sleeps until something is to do, or until a count of denials is to be written.
    private func sleep(until deadline: ContinuousClock.Instant?, _ due: Instant?) {
        var left = deadline.map { $0 - .now }
        if let due {
            let milliseconds = min(due.milliseconds - clock().milliseconds, settings.denials.longWindow)
            left = min(left ?? .milliseconds(milliseconds), .milliseconds(milliseconds))
        }
        guard let left else { return wake.wait() }
        _ = wake.wait(timeout: .now() + .nanoseconds(Int(max(.zero, left) / .nanoseconds(1))))
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
        var taken = 0
        while taken < state.waiting.count, batch.count < AuditGroup.recordLimit - 1 - Self.countsAtOnce {
            let item = state.waiting[taken]
            guard batch.plaintext.count + item.bytes.count <= AuditGroup.plaintextLimit - Self.countsSize else { break }
            batch.plaintext += item.bytes
            batch.count += 1
            state.bytes -= item.bytes.count
            if let reply = item.reply { batch.replies.append(reply) } else { batch.buffered += 1 }
            if item.isUntold { batch.untold += 1 }
            taken += 1
        }
        state.buffered -= batch.buffered
        if taken == state.waiting.count { state.waiting = [] } else { state.waiting.removeFirst(taken) }
        // Behind what waited, so that a count stands behind the record that it goes with.
        let omitted = state.overrun.count
        if let record = state.overrun.take("audit:QueueOverrun", at: time) { batch.say(record, of: omitted) }
        let isLast = state.closed != nil && state.waiting.isEmpty
        for (record, calls) in state.denials.takeRecords(at: time, all: isLast, limit: Self.countsAtOnce) {
            batch.say(record, of: calls)
        }
        if state.waiting.isEmpty { (batch.cuts, state.cuts) = (state.cuts, []) }
        return batch
    }
}
