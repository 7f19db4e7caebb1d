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
    private static let leaseTime = Duration.seconds(120)
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
    private var ended: [Int: WorkflowExecution.Status] = [:]
    private var running: Set<Int> = []
    /// How many items each execution has.
    private var sizes: [Int] = []
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
        guard let items = order.items else {
            return .failed(
                error: ErrorName.itemReaderFailed,
                cause: "There is no object store here that '\(order.map.reader?.resource ?? "")' could read from.")
        }
        if let resource = order.map.writer?.resource {
            return .failed(
                error: ErrorName.resultWriterFailed,
                cause: "There is no object store here that '\(resource)' could write to.")
        }
        run.items.total = items.count
        try await readEnds()
        var evaluation = Evaluation(
            surroundings: workflows.surroundings, chance: Chance(id.description), now: run.started)
        var place = 0
        while place < items.count {
            let made: (inputs: [JSON], next: Int)
            do throws(StateFailure) { made = try order.inputs(for: items, from: place, &evaluation) } catch {
                return .failed(error: error.error ?? ErrorName.runtime, cause: error.cause)
            }
            place = made.next
            for input in made.inputs {
                if let end = try await waitForRoom() { return end }
                try await begin(input)
            }
            run.executions.total = sizes.count
        }
        while !running.isEmpty { if let end = try await waitForEnd() { return end } }
        if run.tolerance.isExceeded(failures: run.items.bad, of: items.count) { return Self.exceeded }
        return try await outputs()
    }

    private mutating func begin(_ input: JSON) async throws(WorkflowError) {
        let index = sizes.count
        sizes.append(order.map.batcher == nil ? 1 : input["Items"]?.array?.count ?? 1)
        guard let status = ended[index] else {
            try await workflows.begin(MapRun.child(index, of: id), item: index, of: id, run.state, input, parent)
            running.insert(index)
            return
        }
        count(status, index)
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

    /// What those that have succeeded gave, in order.
    private func outputs() async throws(WorkflowError) -> End {
        var outputs: [JSON] = []
        var left = LanguageLimits.payload
        for index in sizes.indices where ended[index] == .succeeded {
            let text = try await workflows.describe(MapRun.child(index, of: id)).output ?? "null"
            left -= text.utf8.count + 1
            guard left > 0 else {
                return .failed(
                    error: ErrorName.dataLimitExceeded,
                    cause: "The results of the map exceed \(LanguageLimits.payload) bytes.")
            }
            // It was JSON when it was kept.
            guard let output = try? JSON(parsing: text) else { throw .unreadable(id: id.description) }
            if order.map.writer?.transformation == "FLATTEN", let parts = output.array {
                outputs += parts
            } else {
                outputs.append(output)
            }
        }
        return .succeeded(.array(outputs))
    }

    private static let exceeded = End.failed(
        error: ErrorName.exceedToleratedFailureThreshold,
        cause: "The specified tolerated failure threshold was exceeded")

    /// Ends what still runs.
    func stopAll() async throws(WorkflowError) {
        for index in running {
            _ = try await workflows.stop(MapRun.child(index, of: id), error: nil, cause: "The map run has ended.")
        }
    }
}
