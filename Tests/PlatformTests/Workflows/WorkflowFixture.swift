import Core
import Logging
import StatesLanguage
import Storage
import Synchronization
import TestSupport
import Vault

@testable import Platform

/// State machines on a store in memory, whose tasks answer what a test says.
final class WorkflowFixture: Sendable {
    /// Does tasks, and counts how often each was begun.
    final class Tasks: TaskService {
        private let counts = Mutex<[String: Int]>([:])
        private let answer: @Sendable (TaskCall, _ attempt: Int) -> TaskEnd

        init(_ answer: @escaping @Sendable (TaskCall, Int) -> TaskEnd) { self.answer = answer }

        var begun: [String: Int] { counts.withLock { $0 } }

        func delay(of call: TaskCall) async -> Duration? { nil }

        func perform(_ call: TaskCall) async -> TaskEnd {
            let attempt = counts.withLock { counts in
                counts[call.order.state, default: 0] += 1
                return counts[call.order.state] ?? 0
            }
            return answer(call, attempt)
        }
    }

    static let function = "arn:aws:lambda:us-east-1:000000000000:function:called"

    let clock = ManualClock(at: Instant(milliseconds: 1_795_176_000_000))
    let store: MemoryStore
    let root = RootKey()
    let tasks: Tasks
    let partition = Partition(account: .standard)

    init(_ answer: @escaping @Sendable (TaskCall, Int) -> TaskEnd = { call, _ in .succeeded(call.order.arguments) }) {
        let clock = clock
        store = MemoryStore(clock: StoreClock { clock.now })
        tasks = Tasks(answer)
    }

    /// One more server, on the store or on what stands before it.
    func server(on mortal: MortalStore? = nil, objects: (any ObjectStore)? = nil) async throws -> Workflows {
        let (clock, store) = (clock, mortal ?? store as any Store)
        let keys = Keys(store: store, root: root)
        let workflows = Workflows(
            machines: StateMachines(
                account: .standard, region: .standard, store: store, keys: keys, clock: { clock.now }),
            store: store, objects: objects, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
            clock: { clock.now })
        workflows.add(tasks, for: "lambda")
        try await workflows.restore()
        return workflows
    }

    static func machine(
        _ workflows: Workflows, _ definition: String, name: String = "machine"
    ) async throws -> StateMachines.Found {
        try await workflows.machines.create(
            WorkflowName(name), .standard,
            WorkflowSettings(definition: definition, role: RoleARN("arn:aws:iam::000000000000:role/r")), tags: [:])
    }

    static func start(_ name: String, of machine: String = "machine", _ input: String = "{}") throws -> Workflows.Start
    {
        Workflows.Start(
            machine: try WorkflowName(machine), name: try WorkflowName(name), input: input, descent: Descent(),
            trace: TraceContext())
    }

    static func id(_ name: String, of machine: String = "machine") throws -> ExecutionID {
        ExecutionID(machine: try WorkflowName(machine), name: try WorkflowName(name))
    }

    /// Does what is due, and lets time pass to what is due next, until an execution has ended or nothing is left to do.
    func settle(_ workflows: Workflows, _ id: ExecutionID) async throws -> WorkflowExecution.Status {
        for _ in 0..<200 {
            let status = try await workflows.describe(id).record.status
            guard status == .running else { return status }
            while await workflows.fireDue() == .fired {}
            guard try await doTasks(workflows) == 0 else { continue }
            clock.advance(milliseconds: 500)
        }
        return .running
    }

    /// Has the tasks done that wait now.
    func doTasks(_ workflows: Workflows) async throws -> Int {
        var count = 0
        for due in try await workflows.store.dueTimes(partition, prefix: TaskItem.queues) {
            let claimed = try await workflows.store.claim(
                partition, due.queue, max: 10, lease: .seconds(60), worker: WorkerID("test"))
            for item in claimed { _ = await workflows.carryOut(item) }
            count += claimed.count
        }
        return count
    }

    /// Sees the runs of maps that wait to their ends, and does the tasks of their items meanwhile.
    func doRuns(_ workflows: Workflows) async throws {
        for due in try await workflows.store.dueTimes(partition, prefix: MapRun.queues) {
            let claimed = try await workflows.store.claim(
                partition, due.queue, max: 1, lease: .seconds(600), worker: WorkerID("runs"))
            for run in claimed {
                try await withThrowingTaskGroup(of: Bool.self) { group in
                    group.addTask {
                        _ = await workflows.carryOutRun(run)
                        return true
                    }
                    group.addTask {
                        while !Task.isCancelled { if try await self.doTasks(workflows) == 0 { await Task.yield() } }
                        return false
                    }
                    while let isOver = try await group.next(), !isOver {}
                    group.cancelAll()
                }
            }
        }
    }

    /// The types of an execution's events.
    func history(_ id: ExecutionID) async throws -> [HistoryEvent] {
        try await server().history(of: id, isReversed: false, after: nil, limit: 1000).events
    }
}
