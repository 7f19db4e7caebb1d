import BenchReport
import Core
import Foundation
import Logging
import Platform
import Storage
import Vault

/// Measures executions beside the store that they lie in: `workflow-bench [folder] [seconds] [rounds] [asleep] [--json]`.
///
/// A machine of ten Pass states, begun by eight clients, against a store that commits, for each transition, what a step by
/// itself would have to: an acknowledged item, an event, a record and the next item. Then how much memory executions take
/// that sleep in a Wait, and how late they wake; and what the pages of the longest history cost.
@main enum WorkflowBench {
    static func main() async throws {
        let report = Report(isJSON: CommandLine.arguments.contains("--json"))
        let arguments = CommandLine.arguments.filter { $0 != "--json" }
        let parent = arguments.count > 1 ? arguments[1] : NSTemporaryDirectory()
        let seconds = arguments.count > 2 ? Double(arguments[2]) ?? 2 : 2
        let rounds = arguments.count > 3 ? Int(arguments[3]) ?? 3 : 3
        let asleep = arguments.count > 4 ? Int(arguments[4]) ?? 100_000 : 100_000
        let folder = "\(parent)/workflow-bench-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let store = try SQLiteStore(folder: folder)
        let bench = try await Bench(store: store)
        try await bench.compare(seconds, rounds, report)
        try await bench.pages(report)
        try await bench.sleep(asleep, report)
        await store.close()
    }
}

/// A store with two machines in it.
private struct Bench {
    private static let clients = 8
    private static let states = 10

    private let store: SQLiteStore
    private let workflows: Workflows
    private let here = Partition(account: .standard)

    init(store: SQLiteStore) async throws {
        self.store = store
        workflows = Workflows(
            machines: StateMachines(
                account: .standard, region: .standard, store: store, keys: Keys(store: store, root: RootKey())),
            store: store, logger: Logger(label: "workflow-bench"))
        try await workflows.restore()
        let last = Self.states - 1
        let passes = (0...last).map { place in
            #""S\#(place)": {"Type": "Pass", \#(place == last ? #""End": true"# : #""Next": "S\#(place + 1)""#)}"#
        }
        try await make("passes", #"{"StartAt": "S0", "States": {\#(passes.joined(separator: ", "))}}"#)
        try await make(
            "sleeps", #"{"StartAt": "W", "States": {"W": {"Type": "Wait", "TimestampPath": "$.at", "End": true}}}"#)
    }

    private func make(_ name: String, _ definition: String) async throws {
        _ = try await workflows.machines.create(
            WorkflowName(name), .standard,
            WorkflowSettings(definition: definition, role: RoleARN("arn:aws:iam::000000000000:role/r")), tags: [:])
    }

    private func start(_ machine: String, _ input: String) async throws {
        _ = try await workflows.start(
            Workflows.Start(
                machine: WorkflowName(machine), name: WorkflowName(RequestID()), input: input, descent: Descent(),
                trace: TraceContext()))
    }

    /// Transitions a second, raw and in executions, round by round.
    func compare(_ seconds: Double, _ rounds: Int, _ report: Report) async throws {
        var rates: (raw: [Double], executions: [Double]) = ([], [])
        // As long as a sealed event.
        let bytes = [UInt8](repeating: 7, count: 300)
        for _ in 0..<rounds {
            rates.raw.append(
                try await rate(seconds) { client, turn in
                    let queue = QueueID("raw-\(client)")
                    let claimed = try await store.claim(
                        here, queue, max: 1, lease: .seconds(30), worker: WorkerID("bench"))
                    let acks = claimed.map { WriteOperation.ack($0.lease) }
                    _ = try await store.commit(
                        here,
                        acks + [
                            .append(LogID("raw-\(client)"), [bytes, bytes]),
                            .put(RecordKey(kind: "raw", id: "\(client)-\(turn / Self.states)"), value: bytes),
                            .enqueue(queue, body: bytes),
                        ])
                })
            rates.executions.append(try await rate(seconds) { _, _ in try await start("passes", "{}") })
        }
        let raw = median(rates.raw)
        let transitions = median(rates.executions) * Double(Self.states)
        report.row("store, one transition's writes a commit, 8 clients", raw, "/s")
        report.row("executions of 10 Pass states, 8 clients", transitions / Double(Self.states), "/s")
        report.row("their transitions", transitions, "/s")
        report.row("transitions, share of the store's rate", 100 * transitions / raw, "%", bound: 60, atLeast: true)
    }

    /// What the pages of a history of 25,000 events cost at its beginning and at its end.
    func pages(_ report: Report) async throws {
        try await make(
            "circles",
            #"{"StartAt": "A", "States": {"A": {"Type": "Pass", "Next": "B"}, "B": {"Type": "Choice", "Default": "A","#
                + #" "Choices": [{"Variable": "$.no", "IsPresent": true, "Next": "C"}]}, "C": {"Type": "Succeed"}}}"#)
        let name = WorkflowName(RequestID())
        _ = try await workflows.start(
            Workflows.Start(
                machine: WorkflowName("circles"), name: name, input: "{}", descent: Descent(), trace: TraceContext()))
        let id = ExecutionID(machine: try WorkflowName("circles"), name: name)
        // The best time of each page: what else the machine does counts least then.
        var times: [Double] = []
        for round in 0..<5 {
            var token: String?
            var number = 0
            repeat {
                let start = ContinuousClock.now
                let page = try await workflows.history(of: id, isReversed: false, after: token, limit: 100)
                let time = (ContinuousClock.now - start) / .microseconds(1)
                if round == 0 { times.append(time) } else { times[number] = min(times[number], time) }
                number += 1
                token = page.next
            } while token != nil
        }
        let (first, last) = (median(Array(times.prefix(25))), median(Array(times.suffix(25))))
        report.row("a page of 100 events, the first 25 of \(times.count) pages", first, " µs")
        report.row("a page of 100 events, the last 25", last, " µs")
        report.row("the last pages, share of the first ones' time", 100 * last / first, "%", bound: 150, atLeast: false)
    }

    /// The memory of many executions in a Wait, and how late they wake.
    func sleep(_ count: Int, _ report: Report) async throws {
        // The caches are as full as they get before it is counted.
        for _ in 0..<min(count, 2000) { try await start("sleeps", #"{"at": "2100-01-01T00:00:00Z"}"#) }
        let before = resident()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<Self.clients {
                group.addTask {
                    for _ in 0..<(count / Self.clients) {
                        try await start("sleeps", #"{"at": "2100-01-01T00:00:00Z"}"#)
                    }
                }
            }
            try await group.waitForAll()
        }
        let each = Double(resident() - before) / Double(count)
        report.row("resident for each of \(count) asleep", each, " bytes", bound: 100, atLeast: false)
    }

    /// How much memory this process has, in bytes.
    private func resident() -> Int {
        let text = (try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8)) ?? ""
        return (text.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0) * 4096
    }

    private func rate(
        _ seconds: Double, _ turn: @escaping @Sendable (_ client: Int, _ turn: Int) async throws -> Void
    ) async throws -> Double {
        let clock = ContinuousClock()
        let start = clock.now
        let end = start + .seconds(seconds)
        let turns = try await withThrowingTaskGroup(of: Int.self) { group in
            for client in 0..<Self.clients {
                group.addTask {
                    var turns = 0
                    while clock.now < end {
                        try await turn(client, turns)
                        turns += 1
                    }
                    return turns
                }
            }
            return try await group.reduce(0, +)
        }
        return Double(turns) / ((clock.now - start) / .seconds(1))
    }

    private func median(_ values: [Double]) -> Double { values.sorted()[values.count / 2] }
}
