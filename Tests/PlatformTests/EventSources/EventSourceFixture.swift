import AccessPolicy
import Core
import Logging
import NIOCore
import Storage
import Synchronization
import Vault

@testable import Platform

/// Event source mappings over a store in memory, with functions that are closures.
final class EventSourceFixture: Sendable {
    /// What a function is asked for, and does.
    struct Called: Sendable {
        let bodies: [String]
        let ids: [String]
        let descent: Descent
    }

    private struct State {
        var calls: [Called] = []
        var running = 0
        var mostRunning = 0
        var isThere = true
        var obstacle: String?
        var reserved: Int?
        var recursion = RecursionPolicy.terminate
    }

    static let trust = """
        {"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole",\
        "Principal":{"Service":"lambda.amazonaws.com"}}]}
        """
    static let policy = #"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sqs:*","Resource":"*"}]}"#

    let store = MemoryStore()
    let keys: Keys
    let queues: Queues
    let identity: Identity
    let sources: EventSources
    private let state = Mutex(State())

    init(
        _ function: @escaping @Sendable (Called) async -> InvocationResult.Outcome = { _ in
            .success(ByteBuffer(string: "null"))
        }
    ) async throws {
        keys = Keys(store: store, root: RootKey())
        let keys = keys
        let store = store
        queues = Queues(store: store, keys: keys, region: .standard, logger: Logger(label: "test"))
        identity = Identity(
            account: .standard, store: store, key: try await keys.key(for: "identity", in: .standard))
        var role = try RoleRecord(
            name: EntityName("r"), path: "/", trust: PolicyDocument(Self.trust, use: .trust), description: nil,
            created: .now)
        try role.policies.put(
            PolicyDocument(Self.policy, use: .identity), named: EntityName("p"), limit: RoleRecord.inlineLimit)
        try await identity.create(role)
        let late = Late()
        sources = EventSources(
            account: .standard, store: store, keys: keys, queues: queues, identity: identity,
            surroundings: EventSources.Surroundings(
                resolve: { late.fixture?.resolve($0) },
                obstacle: { _ in late.fixture?.state.withLock { $0.obstacle } },
                invoke: { await late.fixture?.invoke($0, function) ?? .unavailable(.shuttingDown) },
                loopEnded: { loop in late.fixture?.loops.withLock { $0.append(loop) } }),
            logger: Logger(label: "test"))
        late.set(self)
    }

    let loops = Mutex<[LoopEnd]>([])

    /// Takes messages while `body` runs.
    func running(_ body: () async throws -> Void) async throws {
        let sources = sources
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await sources.run() }
            defer { group.cancelAll() }
            try await body()
        }
    }

    /// A queue, and a mapping from it to the function.
    func make(
        _ name: String, _ attributes: [(name: String, value: String)] = [],
        _ settings: (inout EventSourceSettings) -> Void = { _ in }
    ) async throws -> (queue: Queue, id: EventSourceID) {
        let address = QueueAddress(account: .standard, name: try QueueName(name))
        let queue = try await queues.create(address, attributes: attributes, tags: [:])
        var wanted = EventSourceSettings()
        settings(&wanted)
        let made = try await sources.create(
            queue: address, function: FunctionReference(name: try FunctionName("f")), settings: wanted, tags: [:])
        return (queue, made.id)
    }

    func send(
        _ bodies: [String], to queue: Queue, group: String? = nil, descent: Descent = Descent()
    ) async throws {
        for body in bodies {
            var message = NewMessage(body: body, sender: "test", descent: descent)
            message.group = group
            message.deduplication = group == nil ? nil : body
            _ = try await queues.send([message], to: queue)
        }
    }

    var calls: [Called] { state.withLock { $0.calls } }
    var mostRunning: Int { state.withLock { $0.mostRunning } }
    func set(obstacle: String?) { state.withLock { $0.obstacle = obstacle } }
    func set(isThere: Bool) { state.withLock { $0.isThere = isThere } }
    func set(reserved: Int?) { state.withLock { $0.reserved = reserved } }
    func set(recursion: RecursionPolicy) { state.withLock { $0.recursion = recursion } }

    /// Waits until something holds; says whether it did.
    func eventually(_ condition: () async throws -> Bool) async throws -> Bool {
        for _ in 0..<1000 {
            if try await condition() { return true }
            try await Task.sleep(for: .milliseconds(10))
        }
        return false
    }

    /// Messages of a queue, whatever their state.
    func depth(_ queue: Queue) async throws -> Int { try await queues.stats(queue).depth }

    private func resolve(_ reference: FunctionReference) -> ResolvedFunction? {
        let state = state.withLock { ($0.isThere, $0.reserved, $0.recursion) }
        guard state.0, let configuration = try? FunctionFixture.configuration(reference.name) else { return nil }
        return ResolvedFunction(
            name: reference.name, qualifier: reference.qualifier, invokedARN: "arn", reservedConcurrency: state.1,
            eventInvoke: EventInvokeConfiguration(), endsLoops: state.2 == .terminate,
            main: FunctionVersion(
                account: .standard, region: .standard, name: reference.name, number: .latest, revision: "1",
                configuration: configuration,
                code: CodeReference(blob: "b", key: "k", sha256: "s", size: 1, unpackedSize: 1), layerCode: [],
                lastModified: .now))
    }

    private func invoke(
        _ invocation: Invocation, _ function: @Sendable (Called) async -> InvocationResult.Outcome
    ) async -> InvocationResult.Outcome {
        let records = (try? JSON(parsing: Array(invocation.payload.readableBytesView)))?["Records"]?.array ?? []
        let called = Called(
            bodies: records.compactMap { $0["body"]?.string }, ids: records.compactMap { $0["messageId"]?.string },
            descent: invocation.call.descent)
        state.withLock { state in
            state.calls.append(called)
            state.running += 1
            state.mostRunning = max(state.mostRunning, state.running)
        }
        defer { state.withLock { $0.running -= 1 } }
        return await function(called)
    }

    /// Counts from 1.
    final class Counter: Sendable {
        private let count = Mutex(0)
        var value: Int { count.withLock { $0 } }

        func next() -> Int {
            count.withLock { count in
                count += 1
                return count
            }
        }
    }

    private final class Late: Sendable {
        private let kept = Mutex<EventSourceFixture?>(nil)
        var fixture: EventSourceFixture? { kept.withLock { $0 } }
        func set(_ fixture: EventSourceFixture) { kept.withLock { $0 = fixture } }
    }
}
