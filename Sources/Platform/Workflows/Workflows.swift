import Core
import Logging
import NIOCore
import StatesLanguage
import Storage
import Synchronization
import Vault

/// The executions of an account's state machines.
///
/// An execution is what was reported to it: each report is kept, with the events that it makes and with what it has
/// begun, in one commit, before anything is done about it. So a server that is killed at any moment leaves an execution
/// that another one can go on with: it replays the reports. One that waits holds nothing in memory.
package final class Workflows: Sendable {
    /// Tasks of one resource, and of all, in work at one time.
    private static let laneLimit = 16
    private static let totalLimit = 1000
    /// How large an execution's input may be, in bytes.
    package static let inputLimit = 262_144

    package let machines: StateMachines
    let store: any Store
    let logs: Logs?
    /// Where distributed maps read items and write results; there need be none.
    let objects: (any ObjectStore)?
    /// What tells the default bus how executions stand.
    let happenings: PlatformEvents?
    /// Whether an execution may begin, which is asked of each but those of a map's items.
    let govern: @Sendable (GovernedCall) async -> GovernorRefusal?
    let logger: Logger
    let turns = Turns()
    let board = LaneBoard(EventLanes(laneLimit: laneLimit, totalLimit: totalLimit))
    let expressBoard = LaneBoard(EventLanes(laneLimit: laneLimit, totalLimit: totalLimit))
    let mapBoard = LaneBoard(EventLanes(laneLimit: 1, totalLimit: totalLimit))
    private let clock: @Sendable () -> Instant
    private let live = Mutex(LiveExecutions())
    private let services = Mutex<[String: any TaskService]>([:])
    private let secrets = Mutex<TaskTokens?>(nil)
    private let stopping = Atomic(false)
    /// Says that a timer may be due; one reader.
    let signals: AsyncStream<Void>
    let signal: AsyncStream<Void>.Continuation

    /// Runs executions of these machines; `restore` reads what it needs before the first.
    ///
    /// What machines want told is told to `logs`; `govern` says what stands in the way of an execution.
    package init(
        machines: StateMachines, store: any Store, logs: Logs? = nil, objects: (any ObjectStore)? = nil,
        happenings: PlatformEvents? = nil, logger: Logger,
        govern: @escaping @Sendable (GovernedCall) async -> GovernorRefusal? = { _ in nil },
        clock: @escaping @Sendable () -> Instant = { .now }
    ) {
        self.machines = machines
        self.store = store
        self.logs = logs
        self.objects = objects
        self.happenings = happenings
        self.govern = govern
        self.logger = logger
        self.clock = clock
        (signals, signal) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
    }

    package var account: AccountID { machines.account }
    package var region: Region { machines.region }
    var records: WorkflowRecords { machines.records }
    var partition: Partition { records.partition }
    var now: Instant { clock() }

    /// Who acts as the role of an execution, as policies name it.
    package static let service = "states.amazonaws.com"

    /// Does tasks of a type from now on, as their resources name it: `lambda`, `aws-sdk`.
    package func add(_ service: any TaskService, for type: String) { services.withLock { $0[type] = service } }

    /// Who does tasks of a target: of its type, or of the family that its type begins with.
    func service(for target: TaskTarget) -> (any TaskService)? {
        services.withLock { services in
            switch target {
            case .function: services["lambda"]
            case .activity: nil
            case .service(let type, _):
                services[type] ?? services[type.prefix { $0 != ":" }.description] ?? services["*"]
            }
        }
    }

    /// The ARN of an execution.
    package func arn(_ id: ExecutionID) -> ARN {
        ARN(service: "states", region: region, account: account, resource: "execution:\(id)")
    }

    /// The execution of this account and region that an ARN names, which may be one that is not there.
    package func execution(_ arn: String) throws(WorkflowError) -> ExecutionID {
        let prefix = ARN(service: "states", region: region, account: account, resource: "execution:").description
        guard arn.hasPrefix(prefix), let id = ExecutionID(arn.dropFirst(prefix.count)) else {
            throw .executionMissing(arn)
        }
        return id
    }

    /// The tokens of tasks.
    package var tokens: TaskTokens? { secrets.withLock { $0 } }

    /// Reads what it needs, and goes on with deletions that were cut off.
    package func restore() async throws(WorkflowError) {
        try await readSecret()
        try await finishDeleting()
    }

    /// Reads the key of task tokens, or makes it.
    private func readSecret() async throws(WorkflowError) {
        let place = RecordKey(kind: "workflow-secret", id: "tokens")
        while true {
            if let found = try await records.read(place, as: [UInt8].self) {
                let tokens = TaskTokens(key: found.value)
                return secrets.withLock { $0 = tokens }
            }
            let key = try await records.makeKey(for: "workflow-tokens")
            let random = PooledRandom()
            let bytes = (0..<32).map { _ in UInt8(truncatingIfNeeded: random.next()) }
            _ = try await records.commit([try await records.put(bytes, at: place, key: key, expect: .absent)])
        }
    }

    /// The server stops: what tasks answer from now on may be because of that.
    package func finish() { stopping.store(true, ordering: .relaxed) }

    var isStopping: Bool { stopping.load(ordering: .relaxed) }

    /// What is outside of the language.
    var surroundings: StatesLanguage.Surroundings {
        let tokens = tokens
        return StatesLanguage.Surroundings(
            region: region.text, digest: { algorithm, bytes in DigestAlgorithm(algorithm).digest(of: bytes) },
            token: { execution, work in
                // An execution's id towards the language is its ARN, which we have made.
                guard let id = ExecutionID(execution.split(separator: ":", maxSplits: 6).last ?? "") else { return "" }
                return tokens?.token(id, work: work) ?? ""
            })
    }

    func known(_ id: ExecutionID) -> LiveExecution? { live.withLock { $0[id] } }

    /// Keeps an execution in memory for a while, or forgets it.
    func keep(_ execution: LiveExecution?, _ id: ExecutionID) { live.withLock { $0[id] = execution } }
}

extension DigestAlgorithm {
    fileprivate init(_ algorithm: StatesLanguage.Surroundings.HashAlgorithm) {
        self =
            switch algorithm {
            case .md5: .md5
            case .sha1: .sha1
            case .sha256: .sha256
            case .sha384: .sha384
            case .sha512: .sha512
            }
    }
}
