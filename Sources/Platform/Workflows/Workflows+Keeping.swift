import Core
import StatesLanguage
import Storage
import Vault

/// What of an execution lies in the store, and how it gets there.
extension Workflows {
    /// Timers that are taken away in the commit that ends an execution; the rest go afterwards.
    private static let timersAtOnce = 300
    /// Entries of one read.
    private static let pageSize = 1000
    private static let pageBytes = 8 << 20
    /// How long an execution that is to go on at once may take to do so before somebody else does, in milliseconds.
    private static let resumption: Int64 = 10_000

    static func history(_ id: ExecutionID) -> LogID { LogID("execution-history/\(id)") }
    static func journal(_ id: ExecutionID) -> LogID { LogID("execution-journal/\(id)") }

    /// An execution with what it is sealed with.
    struct Kept: Sendable {
        let id: ExecutionID
        var record: WorkflowExecution
        let version: Int64
        let key: KeyName
        let sealing: SealingKey

        func binding(_ log: LogID, _ sequence: Int64, _ account: AccountID) -> Binding {
            Binding(account: account, resource: key.text, use: "\(log.text)/\(sequence)")
        }
    }

    /// Reads the record of an execution.
    func load(_ id: ExecutionID) async throws(WorkflowError) -> Kept {
        guard let found = try await records.read(WorkflowRecords.key(id), as: WorkflowExecution.self) else {
            throw .executionMissing(arn(id).description)
        }
        return Kept(
            id: id, record: found.value, version: found.version, key: found.key,
            sealing: try await sealing(found.key))
    }

    func sealing(_ key: KeyName) async throws(WorkflowError) -> SealingKey {
        do { return try await records.keys.existingKey(for: key.text, in: account) } catch { throw .keys(error) }
    }

    /// The execution as it stands: from memory, or replayed.
    func live(_ kept: Kept) async throws(WorkflowError) -> LiveExecution {
        if let known = known(kept.id) { return known }
        guard let first = try await events(of: kept, from: 0, limit: 1).events.first,
            let text = first.details["input"]?.string, let input = try? JSON(parsing: text)
        else { throw .unreadable(id: kept.id.description) }
        var live = LiveExecution(try await execution(kept, input))
        _ = live.start()
        let log = Self.journal(kept.id)
        while true {
            let slice = try await read(log, from: live.journal)
            for entry in slice.entries {
                do {
                    let binding = kept.binding(log, entry.sequence, account)
                    live.replay(try JournalEntry(try kept.sealing.open(entry.value, binding: binding)))
                } catch { throw .unreadable(id: kept.id.description) }
            }
            if live.journal >= slice.end { return live }
        }
    }

    /// The execution before it has begun.
    func execution(_ kept: Kept, _ input: JSON) async throws(WorkflowError) -> Execution {
        var machine = try await machines.prepared(kept.id.machine, kept.record.revision).machine
        if let item = kept.record.mapItem {
            guard let processor = machine.processor(of: item.state) else { throw .unreadable(id: kept.id.description) }
            machine = processor
        }
        let identity = ExecutionIdentity(
            id: arn(kept.id).description, name: kept.id.name.text, role: kept.record.role.text,
            machineID: machines.arn(kept.id.machine).description, machineName: kept.id.machine.text)
        return Execution(
            of: machine, identity: identity, input: input, at: kept.record.started, surroundings: surroundings)
    }

    /// Keeps what came of some reports, and begins what they ask for; false where somebody else was faster.
    ///
    /// Nothing is begun before the commit; after it, everything is in the store's hands.
    func keep(
        _ stretch: LiveExecution.Stretch, of live: LiveExecution, _ kept: Kept,
        with operations: [WriteOperation] = [], isNew: Bool = false, isRedriven: Bool = false
    ) async throws(WorkflowError) -> Bool {
        var batch = operations
        var record = kept.record
        record.status = WorkflowExecution.Status(live.status)
        if !live.isRunning {
            record.stopped = stretch.events.last?.time ?? now
            record.events = live.events
        }
        if isNew || isRedriven || !live.isRunning {
            batch.append(
                try await records.put(
                    record, at: WorkflowRecords.key(kept.id), key: kept.key, index: record.index(kept.id),
                    expect: isNew ? .absent : kept.version > 0 ? .version(kept.version) : .any))
        }
        batch += logs(stretch, live, kept)
        if !live.isRunning, let item = record.mapItem, let run = ExecutionID(item.run) {
            batch.append(.append(MapRun.ends(run), [Array("\(item.index) \(record.status.rawValue)".utf8)]))
        }
        let begun = begin(stretch, kept.id)
        batch += begun.operations
        let notices = notices(of: stretch, live, kept)
        batch += notices.map(\.operation)
        let over = stretch.over.map { WriteOperation.delete(ExecutionTimer.key($0, of: kept.id)) }
        batch += over.prefix(Self.timersAtOnce)
        if stretch.entries.contains(where: \.isResumption), !stretch.resumes {
            batch.append(.delete(ExecutionTimer.key(ExecutionTimer.resumption, of: kept.id)))
        }
        let news = await news(stretch, of: live, kept, record, hasBegun: isNew || isRedriven)
        batch += news.operations
        guard try await records.commit(batch) != nil else {
            keep(nil, kept.id)
            return false
        }
        news.committed()
        keep(live.isRunning ? live : nil, kept.id)
        log(of: kept)?.tell(stretch.events)
        board.arrived(notices.isEmpty ? begun.tasks : begun.tasks.union([ChildNotice.queue]))
        if !begun.runs.isEmpty { mapBoard.arrived(begun.runs) }
        if stretch.begun.contains(where: { $0.work.isTimer }) { signal.yield() }
        for start in stride(from: Self.timersAtOnce, to: over.count, by: Self.timersAtOnce) {
            _ = try await records.commit(Array(over[start..<min(start + Self.timersAtOnce, over.count)]))
        }
        return true
    }

    private func logs(_ stretch: LiveExecution.Stretch, _ live: LiveExecution, _ kept: Kept) -> [WriteOperation] {
        var batch: [WriteOperation] = []
        func append(_ log: LogID, _ entries: [[UInt8]], end: Int64) {
            guard !entries.isEmpty else { return }
            let first = end - Int64(entries.count)
            let sealed = entries.enumerated().map { place, bytes in
                kept.sealing.seal(bytes, binding: kept.binding(log, first + Int64(place), account))
            }
            batch.append(.append(log, sealed, expectNext: first))
        }
        append(Self.journal(kept.id), stretch.entries.map(\.bytes), end: live.journal)
        append(Self.history(kept.id), stretch.events.map(\.bytes), end: live.events)
        return batch
    }

    private func log(of kept: Kept) -> ExecutionLog? {
        guard let logs else { return nil }
        let logging = machines.known(kept.id.machine, kept.record.revision)?.revision.settings.logging
        return ExecutionLog(
            logging, of: arn(kept.id), machine: kept.id.machine, begun: kept.record.started, in: logs)
    }

    /// The operations that begin what an execution asks for, and the queues that there is something in then.
    private func begin(
        _ stretch: LiveExecution.Stretch, _ id: ExecutionID
    ) -> (operations: [WriteOperation], tasks: Set<QueueID>, runs: Set<QueueID>) {
        var batch: [WriteOperation] = []
        var queues: Set<QueueID> = []
        var runs: Set<QueueID> = []
        let now = now
        for (number, work) in stretch.begun {
            switch work {
            case .timer(let end): batch.append(ExecutionTimer(wait: end).put(number, of: id))
            case .task(let order):
                let queue = TaskItem.queue(of: order)
                batch.append(.enqueue(queue, body: TaskItem(execution: id, work: number).bytes))
                if let timer = ExecutionTimer(order, at: now) { batch.append(timer.put(number, of: id)) }
                if order.target != .activity { queues.insert(queue) }
            case .mapRun(let order):
                let queue = QueueID("\(MapRun.queues)\(MapRun.id(of: id, number, order))")
                batch.append(.enqueue(queue, body: TaskItem(execution: id, work: number).bytes))
                runs.insert(queue)
            }
        }
        if stretch.resumes {
            let timer = ExecutionTimer(resumingAt: now.advanced(milliseconds: Self.resumption))
            batch.append(timer.put(ExecutionTimer.resumption, of: id))
        }
        return (batch, queues, runs)
    }

    /// Events of an execution from a place on, and how many there are.
    func events(
        of kept: Kept, from sequence: Int64, limit: Int
    ) async throws(WorkflowError) -> (events: [HistoryEvent], end: Int64) {
        let log = Self.history(kept.id)
        let slice = try await read(log, from: sequence, limit: limit)
        var events: [HistoryEvent] = []
        for entry in slice.entries {
            let bytes: [UInt8]
            do { bytes = try kept.sealing.open(entry.value, binding: kept.binding(log, entry.sequence, account)) } catch
            {
                throw .unreadable(id: kept.id.description)
            }
            guard let event = HistoryEvent(bytes) else { throw .unreadable(id: kept.id.description) }
            events.append(event)
        }
        return (events, slice.end)
    }

    func read(_ log: LogID, from sequence: Int64, limit: Int = pageSize) async throws(WorkflowError) -> LogSlice {
        do {
            return try await store.read(partition, log, from: sequence, limit: limit, maxBytes: Self.pageBytes)
        } catch { throw .store(error) }
    }
}

extension JournalEntry {
    fileprivate var isResumption: Bool { if case .resumed = event { true } else { false } }
}

extension LiveExecution.Work {
    /// Whether a timer belongs to it.
    fileprivate var isTimer: Bool {
        switch self {
        case .timer: true
        case .task(let order): order.timeout != nil || order.heartbeat != nil
        case .mapRun: false
        }
    }
}

extension WorkflowExecution.Status {
    init(_ status: ExecutionStatus) {
        self =
            switch status {
            case .running: .running
            case .succeeded: .succeeded
            case .failed: .failed
            case .timedOut: .timedOut
            case .aborted: .aborted
            }
    }
}
