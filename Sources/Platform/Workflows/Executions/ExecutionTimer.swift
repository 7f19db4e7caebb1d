import Core
import StatesLanguage
import Storage

/// When an execution is to be looked at again, and why, as it lies in the store: times alone, so in the clear.
///
/// There is one for each wait, for each task that may take only so long, and for an execution that is to go on at once
/// should the server be killed before it does.
struct ExecutionTimer: Equatable, Sendable {
    enum Reason: String { case wait, task, resume }

    static let index = "due"
    /// The number of the timer of an execution that is to go on.
    static let resumption = 0

    let reason: Reason
    /// When the wait, or all the time that a task has, is over.
    var end: Instant?
    /// How often, in seconds, whoever does the task has to be heard of, and the next time.
    var beat: (seconds: Int, next: Instant)?

    /// The end of a wait.
    init(wait end: Instant) {
        reason = .wait
        self.end = end
    }

    /// What bounds a task, if anything does.
    init?(_ order: TaskOrder, at now: Instant) {
        guard order.timeout != nil || order.heartbeat != nil else { return nil }
        reason = .task
        end = order.timeout.map { now.advanced(milliseconds: Int64($0) * 1000) }
        // Whoever asks for the tasks of an activity has to be heard of once it has one.
        guard order.target != .activity else {
            guard end != nil else { return nil }
            return
        }
        beat = order.heartbeat.map { ($0, now.advanced(milliseconds: Int64($0) * 1000)) }
    }

    /// What bounds the task of an activity that a worker has begun; `end` is when all its time is over.
    init(_ order: TaskOrder, handedOutAt now: Instant, end: Instant?) {
        reason = .task
        self.end = end
        beat = order.heartbeat.map { ($0, now.advanced(milliseconds: Int64($0) * 1000)) }
    }

    /// A little later, should nobody have gone on before.
    init(resumingAt time: Instant) {
        reason = .resume
        end = time
    }

    /// Reads what `bytes` wrote; anything else is `nil`.
    init?(_ bytes: [UInt8]) {
        let parts = String(decoding: bytes, as: UTF8.self).split(separator: " ")
        guard parts.count == 4, let reason = Reason(rawValue: String(parts[0])) else { return nil }
        self.reason = reason
        end = Int64(parts[1]).map { Instant(milliseconds: $0) }
        if let seconds = Int(parts[2]), let next = Int64(parts[3]) {
            beat = (seconds, Instant(milliseconds: next))
        }
    }

    /// Heard of: the next time is so much later.
    mutating func heard(at now: Instant) {
        if let seconds = beat?.seconds { beat?.next = now.advanced(milliseconds: Int64(seconds) * 1000) }
    }

    /// When something is to be done, whatever it is.
    var due: Instant {
        [end, beat?.next].compactMap { $0 }.min() ?? Instant(milliseconds: 0)
    }

    /// What is reported of work once the time has come.
    func occurrence(_ work: Int, at now: Instant) -> Occurrence? {
        guard due <= now else { return nil }
        switch reason {
        case .wait: return .timerFired(work: work)
        case .resume: return nil
        case .task:
            let isEnd = end.map { $0 <= now } ?? false
            return isEnd
                ? .taskTimedOut(work: work, error: ErrorName.timeout, cause: nil) : .heartbeatMissed(work: work)
        }
    }

    private var bytes: [UInt8] {
        func text(_ number: Int64?) -> String { number.map(String.init) ?? "-" }
        let beats = "\(text(beat.map { Int64($0.seconds) })) \(text(beat?.next.milliseconds))"
        return Array("\(reason.rawValue) \(text(end?.milliseconds)) \(beats)".utf8)
    }

    /// The operation that writes it, found by its time.
    func put(_ work: Int, of id: ExecutionID, expect: Expect = .any) -> WriteOperation {
        .put(
            Self.key(work, of: id), value: bytes,
            index: [IndexValue(name: Self.index, value: FireTime.indexValue(due))], expect: expect)
    }

    static func key(_ work: Int, of id: ExecutionID) -> RecordKey {
        RecordKey(kind: WorkflowRecords.timers, id: "\(id):\(work)")
    }

    /// Whose timer a record is.
    static func owner(_ key: RecordKey) -> (id: ExecutionID, work: Int)? {
        guard let colon = key.id.lastIndex(of: ":"), let id = ExecutionID(key.id[..<colon]),
            let work = Int(key.id[key.id.index(after: colon)...])
        else { return nil }
        return (id, work)
    }

    static func == (left: ExecutionTimer, right: ExecutionTimer) -> Bool { left.bytes == right.bytes }
}
