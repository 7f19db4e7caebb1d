import Core
import Logging
import StatesLanguage
import Storage

/// The runs of distributed maps.
extension Workflows {
    /// How long a run is taken for; it asks for more while it goes on.
    private static let runLease = Duration.seconds(120)
    /// How often a change is tried that somebody else was faster with.
    private static let tries = 10

    /// The ARN of a run.
    package func arn(mapRun id: ExecutionID) -> ARN {
        ARN(service: "states", region: region, account: account, resource: "mapRun:\(id)")
    }

    /// The run of this account and region that an ARN names, which may be one that is not there.
    package func mapRun(_ arn: String) throws(WorkflowError) -> ExecutionID {
        let prefix = ARN(service: "states", region: region, account: account, resource: "mapRun:").description
        guard arn.hasPrefix(prefix), let id = ExecutionID(arn.dropFirst(prefix.count)), id.label != nil else {
            throw .mapRunMissing(arn)
        }
        return id
    }

    /// A run.
    package func describe(mapRun id: ExecutionID) async throws(WorkflowError) -> MapRun {
        try await load(mapRun: id).value
    }

    /// Changes how many executions a run may have at a time, and how much of it may fail.
    package func update(
        mapRun id: ExecutionID, _ change: @Sendable (inout MapRun) -> Void
    ) async throws(WorkflowError) {
        while true {
            var found = try await load(mapRun: id)
            change(&found.value)
            let put = try await put(found.value, id, found.key, expect: .version(found.version))
            if try await records.commit([put]) != nil { return }
        }
    }

    /// The runs of an execution.
    package func mapRuns(
        of execution: ExecutionID, after token: String?, limit: Int
    ) async throws(WorkflowError) -> (runs: [(id: ExecutionID, run: MapRun)], next: String?) {
        _ = try await load(execution)
        let cursor = try PageToken.last(token).map { Cursor(text: $0) }
        if token != nil, cursor == .some(nil) { throw .badToken }
        let page = try await records.scan(
            .index(kind: WorkflowRecords.mapRuns, name: MapRun.index, match: .equals(execution.description)),
            after: cursor ?? nil, limit: limit)
        let found = try await records.read(page.records.map(\.key), as: MapRun.self)
        var runs: [(id: ExecutionID, run: MapRun)] = []
        for (record, found) in zip(page.records, found) {
            if let id = ExecutionID(record.key.id), let found { runs.append((id, found.value)) }
        }
        return (runs, page.next.map { PageToken.text($0.text) })
    }

    func doMapRuns() async {
        await LaneWorker(
            board: mapBoard, store: store, partition: partition, prefix: MapRun.queues, lease: Self.runLease,
            name: "map-runs", logger: logger
        ) { await self.carryOutRun($0) }.run()
    }

    func carryOutRun(_ claimed: Claimed) async -> EventLanes.End {
        do throws(WorkflowError) {
            // What is no item was not written by us.
            guard let item = try? TaskItem(claimed.body) else { return try await done(claimed.lease) }
            return try await carryOut(item, claimed.lease)
        } catch .executionMissing, .keys(.erased) {
            do { return try await done(claimed.lease) } catch { return .retried(after: Self.runLease) }
        } catch {
            // The lease runs out, and the run goes on from where it was.
            logger.error("A map run could not go on.", metadata: ["reason": "\(error)"])
            return .retried(after: Self.runLease)
        }
    }

    private func done(_ lease: Lease) async throws(WorkflowError) -> EventLanes.End {
        try await commit([.ack(lease)])
        return .concluded
    }

    private func carryOut(_ item: TaskItem, _ lease: Lease) async throws(WorkflowError) -> EventLanes.End {
        let (kept, execution) = try await look(at: item.execution)
        guard case .mapRun(let order)? = execution?.open[item.work] else { return try await done(lease) }
        let id = MapRun.id(of: item.execution, item.work, order)
        let run = try await begun(id, order, item, kept)
        var driver = MapRunDriver(
            workflows: self, item: item, order: order, id: id, parent: kept, lease: lease, run: run)
        let end = try await driver.drive()
        return try await conclude(driver, end)
    }

    /// The run of an order: a new one, one that goes on because its execution does, or one that a server was cut off in.
    private func begun(
        _ id: ExecutionID, _ order: MapRunOrder, _ item: TaskItem, _ kept: Kept
    ) async throws(WorkflowError) -> MapRun {
        let arn = arn(mapRun: id).description
        guard let found = try await records.read(WorkflowRecords.key(mapRun: id), as: MapRun.self) else {
            let run = MapRun(order, of: item.execution, at: now)
            let put = try await put(run, id, kept.key, expect: .absent)
            try await tell(item.execution, with: [put]) { _, _ in [.mapRunStarted(work: item.work, arn: arn)] }
            return run
        }
        var run = found.value
        guard order.redrivenRun != nil, run.work != item.work else { return run }
        let end = try await read(MapRun.ends(id), from: 0, limit: 1).end
        run.redrive(as: item.work, after: end, at: now)
        let put = try await put(run, id, kept.key, expect: .version(found.version))
        let count = run.redrives
        try await tell(item.execution, with: [put]) { _, _ in
            [.mapRunRedriven(work: item.work, arn: arn, count: count)]
        }
        return run
    }

    private func conclude(_ driver: MapRunDriver, _ end: MapRunDriver.End) async throws(WorkflowError) -> EventLanes.End
    {
        let found = try await load(mapRun: driver.id)
        // It goes on already, because its execution does.
        guard found.value.work == driver.run.work else { return try await done(driver.lease) }
        var run = found.value
        run.stopped = now
        run.items = driver.run.items
        run.executions = driver.run.executions
        run.items.running = 0
        run.executions.running = 0
        let occurrence: Occurrence?
        switch end {
        case .succeeded(let output):
            run.status = .succeeded
            occurrence = .mapRunSucceeded(work: driver.item.work, output: output)
        case .failed(let error, let cause):
            run.status = .failed
            occurrence = .mapRunFailed(work: driver.item.work, error: error, cause: cause)
        case .unwanted:
            run.status = .aborted
            occurrence = nil
        }
        let put = try await put(run, driver.id, driver.parent.key, expect: .version(found.version))
        try await tell(driver.item.execution, with: [.ack(driver.lease), put]) { _, _ in occurrence.map { [$0] } ?? [] }
        return .concluded
    }

    /// Writes how far a run is, and gives it with what others have changed.
    func write(
        _ run: MapRun, _ id: ExecutionID, _ parent: Kept, with operations: [WriteOperation]
    ) async throws(WorkflowError) -> MapRun {
        for _ in 0..<Self.tries {
            let found = try await load(mapRun: id)
            var changed = found.value
            changed.items = run.items
            changed.executions = run.executions
            changed.hasItems = run.hasItems
            let put = try await put(changed, id, parent.key, expect: .version(found.version))
            if try await records.commit([put] + operations) != nil { return changed }
        }
        throw .contended(id)
    }

    private func load(mapRun id: ExecutionID) async throws(WorkflowError) -> WorkflowRecords.Found<MapRun> {
        guard let found = try await records.read(WorkflowRecords.key(mapRun: id), as: MapRun.self) else {
            throw .mapRunMissing(arn(mapRun: id).description)
        }
        return found
    }

    private func put(
        _ run: MapRun, _ id: ExecutionID, _ key: KeyName, expect: Expect
    ) async throws(WorkflowError) -> WriteOperation {
        try await records.put(
            run, at: WorkflowRecords.key(mapRun: id), key: key,
            index: [IndexValue(name: MapRun.index, value: run.execution)], expect: expect)
    }

    /// Begins the execution for one input of a run; where it has begun already, nothing happens.
    func begin(
        _ id: ExecutionID, item: Int, of run: ExecutionID, _ state: String, _ input: JSON, _ parent: Kept
    ) async throws(WorkflowError) {
        var record = WorkflowExecution(
            revision: parent.record.revision, role: parent.record.role, started: now, descent: parent.record.descent,
            trace: parent.record.trace.child())
        record.mapItem = WorkflowExecution.MapItem(run: run.description, state: state, index: item)
        _ = try await begin(
            Kept(id: id, record: record, version: 0, key: parent.key, sealing: parent.sealing), input, text: input.text)
    }
}
