import Core
import Logging
import NIOCore
import Storage
import Synchronization

/// The event source mappings of an account: messages of queues call functions.
///
/// All mappings are kept in memory and in the store, each change in one commit. `run` takes messages and calls the
/// functions, as each function's role and with the operator's consent.
package actor EventSources {
    /// What this feature asks of the rest of the platform.
    package struct Surroundings: Sendable {
        /// The function as it is now; `nil` where it is gone.
        package let resolve: @Sendable (FunctionReference) async throws -> ResolvedFunction?
        /// Why a call of the function could not begin now, or `nil` if it could; nothing is counted.
        package let obstacle: @Sendable (ResolvedFunction) async -> String?
        /// Why nothing may be taken from a queue now, or `nil` if it may.
        package let stop: @Sendable (QueueAddress) -> String?
        /// Calls a function.
        package let invoke: @Sendable (Invocation) async -> InvocationResult.Outcome
        /// Is told of each message that was not let go round a loop once more.
        package let loopEnded: @Sendable (LoopEnd) async -> Void

        /// Takes five closures.
        package init(
            resolve: @escaping @Sendable (FunctionReference) async throws -> ResolvedFunction?,
            obstacle: @escaping @Sendable (ResolvedFunction) async -> String?,
            stop: @escaping @Sendable (QueueAddress) -> String? = { _ in nil },
            invoke: @escaping @Sendable (Invocation) async -> InvocationResult.Outcome,
            loopEnded: @escaping @Sendable (LoopEnd) async -> Void
        ) {
            self.resolve = resolve
            self.obstacle = obstacle
            self.stop = stop
            self.invoke = invoke
            self.loopEnded = loopEnded
        }
    }

    /// What is shown of a mapping.
    package struct Description: Sendable {
        package let id: EventSourceID
        package let source: EventSource
        package let state: State
        /// What stands in the way of its messages now, if anything does.
        package let problem: String?
    }

    /// Where a mapping is on its way.
    package enum State: String, Sendable {
        case creating = "Creating"
        case enabling = "Enabling"
        case enabled = "Enabled"
        case disabling = "Disabling"
        case disabled = "Disabled"
        case updating = "Updating"
        case deleting = "Deleting"
    }

    /// Mappings of an account at most.
    package static let limit = 1000

    package nonisolated let account: AccountID
    package nonisolated let region: Region
    nonisolated let queues: Queues
    nonisolated let identity: Identity
    nonisolated let surroundings: Surroundings
    nonisolated let logger: Logger
    nonisolated let records: EventSourceRecords
    private nonisolated let clock: @Sendable () -> Instant
    /// Mappings of which somebody is to take messages; one reader.
    nonisolated let turns: AsyncStream<EventSourceID>
    nonisolated let turn: AsyncStream<EventSourceID>.Continuation
    var sources: [EventSourceID: EventSource] = [:]
    var polling: [EventSourceID: PollingState] = [:]
    var problems: [EventSourceID: SourceProblem] = [:]
    private(set) var isFinishing = false
    /// Changes that are being written, and how many ever were.
    private(set) var writing = 0
    private(set) var changes = 0

    /// Keeps mappings in an account's partition of a store; `restore` reads them before the first is asked for.
    package init(
        account: AccountID, store: any Store, keys: Keys, queues: Queues, identity: Identity,
        surroundings: Surroundings, logger: Logger, clock: @escaping @Sendable () -> Instant = { .now }
    ) {
        self.account = account
        self.region = queues.region
        self.queues = queues
        self.identity = identity
        self.surroundings = surroundings
        self.logger = logger
        self.clock = clock
        records = EventSourceRecords(account: account, store: store, keys: keys)
        (turns, turn) = AsyncStream.makeStream(of: EventSourceID.self)
    }

    /// The ARN of a mapping.
    package nonisolated func arn(_ id: EventSourceID) -> ARN {
        ARN(service: "lambda", region: region, account: account, resource: "event-source-mapping:\(id)")
    }

    /// Reads all mappings; those that were being deleted when a server ended are deleted now.
    package func restore() async throws(EventSourceError) {
        sources = try await records.all()
        for (id, source) in sources {
            if source.isDeleting { try await remove(id) } else { wake(id) }
        }
    }

    /// Makes a mapping.
    package func create(
        queue: QueueAddress, function: FunctionReference, settings: EventSourceSettings, tags: [String: String]
    ) async throws(EventSourceError) -> Description {
        let source = try EventSource(queue: queue, function: function, settings: settings, tags: tags, at: clock())
        try await check(source)
        guard sources.count < Self.limit else { throw .tooMany(limit: Self.limit) }
        try refuseDuplicate(of: source, beside: nil)
        let id = EventSourceID()
        // Known before it is written, so that no other request makes the same one meanwhile.
        sources[id] = source
        do throws(EventSourceError) { try await put(source, id) } catch {
            sources[id] = nil
            throw error
        }
        wake(id)
        return Description(id: id, source: source, state: .creating, problem: nil)
    }

    /// Changes a mapping.
    package func update(
        _ id: EventSourceID, function: FunctionReference?,
        _ body: @Sendable (inout EventSourceSettings) throws(EventSourceError) -> Void
    ) async throws(EventSourceError) -> Description {
        let old = try changeable(id)
        var new = old
        if let function { new.reference = function }
        try body(&new.settings)
        new.modified = clock()
        if new.settings.isEnabled || function != nil {
            try await check(new)
        } else {
            // What is switched off need not work: its function or queue may be gone.
            try new.settings.check(isFIFO: new.queue.name.isFIFO)
        }
        try refuseDuplicate(of: new, beside: id)
        guard sources[id] == old else { throw .inUse }
        try await write(new, id, was: old)
        wake(id)
        let state: State =
            old.settings.isEnabled == new.settings.isEnabled
            ? .updating : new.settings.isEnabled ? .enabling : .disabling
        return Description(id: id, source: new, state: state, problem: problems[id]?.sentence)
    }

    /// Deletes a mapping, once nobody works on its messages any more.
    package func delete(_ id: EventSourceID) async throws(EventSourceError) -> Description {
        let old = try changeable(id)
        var new = old
        new.isDeleting = true
        new.modified = clock()
        try await write(new, id, was: old)
        if isIdle(id) { try await remove(id) }
        return Description(id: id, source: new, state: .deleting, problem: nil)
    }

    /// Adds or removes tags.
    package func changeTags(
        _ id: EventSourceID, _ body: @Sendable (inout EventSource) throws(EventSourceError) -> Void
    ) async throws(EventSourceError) {
        let old = try changeable(id)
        var new = old
        try body(&new)
        try await write(new, id, was: old)
    }

    /// A mapping.
    package func describe(_ id: EventSourceID) throws(EventSourceError) -> Description {
        guard let source = sources[id] else { throw .missing }
        return Description(id: id, source: source, state: state(of: source, id), problem: problems[id]?.sentence)
    }

    /// The mappings of a queue and a function, of any where none is named, in the order of their ids.
    package func list(queue: QueueAddress?, function: FunctionReference?) -> [Description] {
        sources.filter { _, source in
            guard queue == nil || source.queue == queue else { return false }
            guard let function, let own = source.reference else { return function == nil }
            return own.name == function.name && own.qualifier == function.qualifier
        }
        .sorted { $0.key < $1.key }
        .map { id, source in
            Description(id: id, source: source, state: state(of: source, id), problem: problems[id]?.sentence)
        }
    }

    /// Takes no more messages; what is in work goes on.
    package func finish() {
        isFinishing = true
        turn.finish()
    }

    private func state(of source: EventSource, _ id: EventSourceID) -> State {
        if source.isDeleting { return .deleting }
        if source.settings.isEnabled { return .enabled }
        return isIdle(id) ? .disabled : .disabling
    }

    private func changeable(_ id: EventSourceID) throws(EventSourceError) -> EventSource {
        guard let source = sources[id] else { throw .missing }
        guard !source.isDeleting else { throw .inUse }
        return source
    }

    private func write(_ new: EventSource, _ id: EventSourceID, was old: EventSource) async throws(EventSourceError) {
        sources[id] = new
        do throws(EventSourceError) { try await put(new, id) } catch {
            sources[id] = old
            throw error
        }
    }

    private func put(_ source: EventSource, _ id: EventSourceID) async throws(EventSourceError) {
        (writing, changes) = (writing + 1, changes + 1)
        defer { writing -= 1 }
        try await records.put(source, id)
    }

    func remove(_ id: EventSourceID) async throws(EventSourceError) {
        (writing, changes) = (writing + 1, changes + 1)
        defer { writing -= 1 }
        try await records.delete(id)
        sources[id] = nil
        polling[id] = nil
        problems[id] = nil
    }

    private func refuseDuplicate(of source: EventSource, beside own: EventSourceID?) throws(EventSourceError) {
        for (id, other) in sources where id != own && other.queue == source.queue {
            guard let mine = source.reference, let its = other.reference, mine.name == its.name,
                mine.qualifier == its.qualifier
            else { continue }
            throw .exists(id, queue: source.queue.arn(in: region).description, function: "\(mine.name)")
        }
    }
}
