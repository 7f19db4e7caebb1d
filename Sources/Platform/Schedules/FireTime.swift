import Core
import Storage

/// When a schedule, or a rule, fires next, as it lies in the store beside it: times alone, so in the clear.
struct FireTime: Hashable, Sendable {
    static let kind = "schedule-time"
    static let index = "due"

    /// The time that the expression says.
    let scheduled: Instant
    /// The time at which the target is called: later by the schedule's part of its window.
    let call: Instant

    init(scheduled: Instant, call: Instant) {
        self.scheduled = scheduled
        self.call = call
    }

    /// Reads what `bytes` wrote; anything else is `nil`.
    init?(_ bytes: [UInt8]) {
        let parts = String(decoding: bytes, as: UTF8.self).split(separator: " ").map { Int64($0) }
        guard parts.count == 2, let scheduled = parts[0], let call = parts[1] else { return nil }
        self.init(scheduled: Instant(milliseconds: scheduled), call: Instant(milliseconds: call))
    }

    private var bytes: [UInt8] { Array("\(scheduled.milliseconds) \(call.milliseconds)".utf8) }

    /// The operation that writes it, found by its time.
    func put(for id: ScheduleID, kind: String = kind, expect: Expect = .any) -> WriteOperation {
        .put(
            Self.key(id, kind: kind), value: bytes, index: [IndexValue(name: Self.index, value: Self.indexValue(call))],
            expect: expect)
    }

    static func key(_ id: ScheduleID, kind: String = kind) -> RecordKey { RecordKey(kind: kind, id: id.description) }

    /// Sixteen digits, so that the order of the texts is the order in time; no schedule fires before 1970.
    static func indexValue(_ time: Instant) -> String {
        let digits = String(max(0, time.milliseconds))
        return String(repeating: "0", count: max(0, 16 - digits.utf8.count)) + digits
    }
}
