import Core
import FoundationEssentials
import Storage

/// An execution as it is kept, beside its history, which holds its input and how it ended.
package struct WorkflowExecution: Hashable, Sendable, Codable {
    /// How an execution stands.
    package enum Status: String, Hashable, Sendable, Codable, CaseIterable {
        case running = "RUNNING"
        case succeeded = "SUCCEEDED"
        case failed = "FAILED"
        case timedOut = "TIMED_OUT"
        case aborted = "ABORTED"
        case pendingRedrive = "PENDING_REDRIVE"
    }

    /// Which execution of a map run one is.
    package struct MapItem: Hashable, Sendable, Codable {
        /// The id of the run.
        package let run: String
        /// The name of the map's state, whose processor it runs.
        let state: String
        let index: Int
    }

    /// What it runs: a revision of its machine.
    package let revision: String
    package var status = Status.running
    package let started: Instant
    package var stopped: Instant?
    /// How many events its history has, once it has ended.
    var events: Int64?
    /// How often it went on after it had ended without success, and when last.
    package var redrives = 0
    package var redriven: Instant?
    /// What the request called itself that let it go on last.
    var redriveToken: String?
    /// The version and the alias that it was begun by.
    package var version: Int?
    package var alias: WorkflowName?
    /// What it is, where the run of a distributed map began it.
    package var mapItem: MapItem?
    /// As whom its tasks act.
    package let role: RoleARN
    /// The request that began it: the same again begins nothing.
    var request: String?
    /// The tasks that are over when it is.
    var parents: [ParentTask]?
    private let descentBytes: Data
    private let traceparent: String

    init(
        revision: String, role: RoleARN, started: Instant, descent: Descent, trace: TraceContext,
        request: RequestID? = nil
    ) {
        self.request = request?.description
        self.revision = revision
        self.role = role
        self.started = started
        traceparent = trace.traceparent
        var bytes: [UInt8] = []
        bytes.append(bigEndian: descent.lineage.words.high, descent.lineage.words.low)
        DescentField.append(descent, to: &bytes)
        descentBytes = Data(bytes)
    }

    /// Where it stands in its lineage; at the beginning of one where that cannot be read.
    package var descent: Descent {
        var reader = FieldReader(Array(descentBytes)[...])
        do {
            let lineage = LineageID(high: try reader.number(), low: try reader.number())
            return try DescentField.read(&reader, in: lineage)
        } catch { return Descent() }
    }

    /// The trace that it belongs to.
    package var trace: TraceContext { TraceContext(traceparent: traceparent) ?? TraceContext() }

    /// Where lists find it, the latest first, and the same with its status; and those that look for what ended long ago.
    func index(_ id: ExecutionID) -> [IndexValue] {
        let place = Self.inverted(started)
        let run = mapItem.flatMap { ExecutionID($0.run) }
        let lists = [
            run.map { .run($0) } ?? .machine(id.machine), version.map { .version(id.machine, $0) },
            alias.map { .alias(id.machine, $0) },
        ].compactMap { (list: ExecutionList?) in list }
        let listed = lists.flatMap { list in
            [
                IndexValue(name: list.index, value: "\(list.place)|\(place)"),
                IndexValue(name: list.statusIndex, value: "\(list.place)|\(status.rawValue)|\(place)"),
            ]
        }
        // What belongs to a run goes with the execution whose run it is.
        guard let stopped, mapItem == nil else { return listed }
        return listed + [IndexValue(name: Self.ended, value: FireTime.indexValue(stopped))]
    }

    static let ended = "ended"

    /// Sixteen digits that are the smaller, the later the time.
    private static func inverted(_ time: Instant) -> String {
        String(9_999_999_999_999_999 - max(0, min(time.milliseconds, 8_999_999_999_999_999)))
    }
}
