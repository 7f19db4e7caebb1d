import Core
import StatesLanguage
import Storage
import Vault

/// A distributed map that runs, or has run, as it is kept: it has an id like those of the executions that it begins.
package struct MapRun: Hashable, Sendable, Codable {
    /// How it stands.
    package enum Status: String, Hashable, Sendable, Codable {
        case running = "RUNNING"
        case succeeded = "SUCCEEDED"
        case failed = "FAILED"
        case aborted = "ABORTED"
    }

    /// How many of its executions, or of its items, stand how.
    package struct Counts: Hashable, Sendable, Codable {
        package var total = 0
        package var running = 0
        package var succeeded = 0
        package var failed = 0
        package var timedOut = 0
        package var aborted = 0
        /// Those whose results lie in files.
        private var writtenNumber: Int?

        package var written: Int {
            get { writtenNumber ?? 0 }
            set { writtenNumber = newValue }
        }

        /// Those that have not begun.
        package var pending: Int { max(0, total - running - succeeded - failed - timedOut - aborted) }

        /// Those that count against what is tolerated.
        var bad: Int { failed + timedOut + aborted }

        mutating func count(_ status: WorkflowExecution.Status, _ number: Int) {
            switch status {
            case .running, .pendingRedrive: running += number
            case .succeeded: succeeded += number
            case .failed: failed += number
            case .timedOut: timedOut += number
            case .aborted: aborted += number
            }
        }
    }

    /// The execution whose map it is.
    package let execution: String
    /// The name of the map's state.
    package let state: String
    package let started: Instant
    package var stopped: Instant?
    package var status = Status.running
    /// 0 is as many as there may be.
    package var maximumConcurrency: Int
    package var toleratedFailures: Int?
    package var toleratedPercentage: Double?
    package var items = Counts()
    package var executions = Counts()
    /// The work of its execution that it is now; another one where the execution was redriven.
    private(set) var work: Int?
    /// When it last went on after it had ended without success, and how often it did.
    package private(set) var redriven: Instant?
    private var redriveNumber: Int?
    /// The ends of its executions before this place are those of before it went on.
    private(set) var firstEnd: Int64?
    /// Whether what its reader has read is kept.
    var hasItems: Bool?

    init(_ order: MapRunOrder, of execution: ExecutionID, at now: Instant) {
        self.execution = execution.description
        state = order.state
        work = order.work
        started = now
        maximumConcurrency = order.tolerance.maximumConcurrency
        toleratedFailures = order.tolerance.failures
        toleratedPercentage = order.tolerance.percentage
    }

    /// How often it went on after it had ended without success.
    package var redrives: Int { redriveNumber ?? 0 }

    /// Lets it go on as other work; what ended before a place of the log of ends is done again where it has failed.
    mutating func redrive(as work: Int, after firstEnd: Int64, at now: Instant) {
        self.work = work
        self.firstEnd = firstEnd
        redriven = now
        redriveNumber = redrives + 1
        stopped = nil
        status = .running
    }

    var tolerance: MapTolerance {
        MapTolerance(
            maximumConcurrency: maximumConcurrency, failures: toleratedFailures, percentage: toleratedPercentage)
    }

    /// Runs of an execution are found by this.
    static let index = "execution"

    /// The queues of runs begin with this; each has one.
    static let queues = "workflow-maps/"

    private static let longestLabel = 40

    /// The id of the run of an execution's work: the same whenever it is asked for.
    static func id(of execution: ExecutionID, _ work: Int, _ order: MapRunOrder) -> ExecutionID {
        if let resource = order.redrivenRun?.split(separator: ":", maxSplits: 6).last, let id = ExecutionID(resource) {
            return id
        }
        // A map without a label has what of its state's name may be a part of an ARN.
        let plain = order.state.filter { $0.isASCII && ($0.isLetter || $0.isNumber || "-_".contains($0)) }
        let label =
            WorkflowName(rawValue: order.map.label ?? "") ?? WorkflowName(rawValue: String(plain.prefix(longestLabel)))
        return ExecutionID(
            machine: execution.machine, label: label ?? WorkflowName(RequestID(naming: "map")),
            name: WorkflowName(RequestID(naming: "\(execution) \(work)")))
    }

    /// The id of the execution for one of the inputs of a run.
    static func child(_ index: Int, of run: ExecutionID) -> ExecutionID {
        ExecutionID(
            machine: run.machine, label: run.label, name: WorkflowName(RequestID(naming: "\(run) \(index)")))
    }

    /// The log of the ends of a run's executions.
    static func ends(_ run: ExecutionID) -> LogID { LogID("map-run-ends/\(run)") }

    /// The log of the items that a run's reader has read.
    static func items(_ run: ExecutionID) -> LogID { LogID("map-run-items/\(run)") }
}

extension RequestID {
    /// The id that stands for a text: the same for the same text, another for any other.
    fileprivate init(naming text: String) {
        let bytes = SHA256Digest(of: text).bytes
        func word(_ range: Range<Int>) -> UInt64 { bytes[range].reduce(0) { $0 << 8 | UInt64($1) } }
        self.init(
            high: word(0..<8) & 0xFFFF_FFFF_FFFF_0FFF | 0x8000,
            low: word(8..<16) & 0x3FFF_FFFF_FFFF_FFFF | 0x8000_0000_0000_0000)
    }
}
