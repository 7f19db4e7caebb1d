import Core
import StatesLanguage
import Storage

/// Sees one distributed map to its end: begins an execution for each of its inputs, as many at a time as there may be.
///
/// It may be cut off anywhere and begun again: the executions have names that follow from their places, so that none is
/// begun twice, and each end lies in a log.
struct MapRunDriver {
    /// Executions of one run at a time, where its map names no number.
    private static let concurrency = 1000
    /// How often the store is asked for what nobody told of, and whether the run is still wanted.
    private static let pause = Duration.seconds(2)
    static let leaseTime = Duration.seconds(120)
    /// How often what DescribeMapRun says is written, in milliseconds.
    private static let writeInterval: Int64 = 500

    /// How a run ends.
    enum End {
        case succeeded(JSON)
        case failed(error: String, cause: String?)
        /// Nobody wants it any more.
        case unwanted
    }

    let workflows: Workflows
    let item: TaskItem
    let order: MapRunOrder
    let id: ExecutionID
    let parent: Workflows.Kept
    let lease: Lease
    var run: MapRun
    /// The ends that were read, and how each execution has ended.
    private var read: Int64 = 0
    private(set) var ended: [Int: WorkflowExecution.Status] = [:]
    /// Those that ended without success before the run went on: they are redriven.
    private var stale: Set<Int> = []
    private var running: Set<Int> = []
    /// How many items each execution has.
    private(set) var sizes: [Int] = []
    private var written = Instant(milliseconds: 0)

    init(
        workflows: Workflows, item: TaskItem, order: MapRunOrder, id: ExecutionID, parent: Workflows.Kept,
        lease: Lease, run: MapRun
    ) {
        self.workflows = workflows
        self.item = item
        self.order = order
        self.id = id
        self.parent = parent
        self.lease = lease
        self.run = run
    }

    /// Runs the map, and says how it has ended.
    mutating func drive() async throws(WorkflowError) -> End {
        // A run that goes on after a stop or a redrive counts anew.
        run.items = MapRun.Counts()
        run.executions = MapRun.Counts()
        try await readEnds()
        let items: [JSON]
        switch try await self.items() {
        case .success(let read): items = read
        case .failure(let failure): return Self.failed(failure)
        }
        run.items.total = items.count
        let end = try await carryOut(items)
        try await stopAll()
        if case .unwanted = end { return end }
        return try await conclude(end, items)
    }

    /// Begins an execution for each input, and waits until all have ended or that makes no sense any more.
    private mutating func carryOut(_ items: [JSON]) async throws(WorkflowError) -> End {
        var inputs = inputs(of: items)
        while let input = inputs.next() {
            switch input {
            case .failure(let failure): return Self.failed(failure)
            case .success(let input):
                if let end = try await waitForRoom() { return end }
                try await begin(input)
            }
            run.executions.total = sizes.count
        }
        while !running.isEmpty { if let end = try await waitForEnd() { return end } }
        return run.tolerance.isExceeded(failures: run.items.bad, of: items.count) ? Self.exceeded : .succeeded(.null)
    }

    /// The inputs of the executions, in order: the same whenever they are asked for.
    func inputs(of items: [JSON]) -> MapInputs {
        MapInputs(
            order, items,
            Evaluation(surroundings: workflows.surroundings, chance: Chance(id.description), now: run.started))
    }

    private mutating func begin(_ input: JSON) async throws(WorkflowError) {
        let index = sizes.count
        sizes.append(order.map.batcher == nil ? 1 : input["Items"]?.array?.count ?? 1)
        let child = MapRun.child(index, of: id)
        switch ended[index] {
        case nil:
            try await workflows.begin(child, item: index, of: id, run.state, input, parent)
            running.insert(index)
        case let status? where stale.contains(index):
            if try await workflows.redrive(item: child, since: run.redriven ?? run.started) {
                running.insert(index)
            } else {
                count(status, index)
            }
        case let status?: count(status, index)
        }
    }

    /// Waits until another execution may begin.
    private mutating func waitForRoom() async throws(WorkflowError) -> End? {
        while true {
            if run.tolerance.isExceeded(failures: run.items.bad, of: run.items.total) { return Self.exceeded }
            let most = run.maximumConcurrency == 0 ? Self.concurrency : min(run.maximumConcurrency, Self.concurrency)
            if running.count < most { return nil }
            if let end = try await waitForEnd() { return end }
        }
    }

    /// Waits until something has ended, or for a while.
    private mutating func waitForEnd() async throws(WorkflowError) -> End? {
        let hints = workflows.store.wakeups([.log(workflows.partition, MapRun.ends(id))])
        let before = read
        try await readEnds()
        if read == before {
            try await write()
            await Queues.wait(for: hints, until: .now + Self.pause)
            try await readEnds()
        }
        if Task.isCancelled { throw .contended(id) }
        let execution = try await workflows.look(at: item.execution).execution
        guard execution?.open[item.work] != nil else { return .unwanted }
        if run.tolerance.isExceeded(failures: run.items.bad, of: run.items.total) { return Self.exceeded }
        return nil
    }

    private mutating func readEnds() async throws(WorkflowError) {
        while true {
            let slice = try await workflows.read(MapRun.ends(id), from: read)
            for entry in slice.entries {
                read = entry.sequence + 1
                let parts = String(decoding: entry.value, as: UTF8.self).split(separator: " ")
                guard parts.count == 2, let index = Int(parts[0]),
                    let status = WorkflowExecution.Status(rawValue: String(parts[1]))
                else { throw .unreadable(id: id.description) }
                ended[index] = status
                if status != .succeeded, entry.sequence < run.firstEnd ?? 0 {
                    stale.insert(index)
                } else {
                    stale.remove(index)
                }
                if running.remove(index) != nil { count(status, index) }
            }
            if read >= slice.end { return }
        }
    }

    private mutating func count(_ status: WorkflowExecution.Status, _ index: Int) {
        run.executions.count(status, 1)
        run.items.count(status, sizes[index])
    }

    /// Writes how far it is, takes up what was changed meanwhile, and keeps the lease.
    private mutating func write() async throws(WorkflowError) {
        let now = workflows.now
        guard now.milliseconds - written.milliseconds >= Self.writeInterval else { return }
        written = now
        run.executions.running = running.count
        run.items.running = running.reduce(0) { $0 + sizes[$1] }
        run = try await workflows.write(run, id, parent, with: [.extend(lease, by: Self.leaseTime)])
    }

    private static let exceeded = End.failed(
        error: ErrorName.exceedToleratedFailureThreshold,
        cause: "The specified tolerated failure threshold was exceeded")

    static func failed(_ failure: StateFailure) -> End {
        .failed(error: failure.error ?? ErrorName.runtime, cause: failure.cause)
    }

    /// Ends what still runs.
    private mutating func stopAll() async throws(WorkflowError) {
        for index in running {
            _ = try await workflows.stop(MapRun.child(index, of: id), error: nil, cause: "The map run has ended.")
        }
        try await readEnds()
    }
}
