import CSandbox
import Glibc
import Synchronization

/// Makes, watches and ends sandboxes, through a small process that alone has the rights to do so.
package final class Starter: Sendable {
    /// Says, once for each parked sandbox, how it ended.
    ///
    /// For one listener.
    package let exits: AsyncStream<SandboxExit>

    /// Says, once for each port that `listen` asks for, what came of it.
    ///
    /// For one listener.
    package let doors: AsyncStream<SandboxDoor>

    /// The process that makes the sandboxes.
    package let processID: Int32

    private let connection: StarterConnection
    private let pending: PendingRequests
    private let groups: CgroupFolders
    private let roots: RuntimeRoots
    private let setups: InitSetups
    private let lastSandbox = Atomic<UInt64>(0)

    /// The folders that hold the control groups of its sandboxes.
    package var groupFolders: [String] { groups.paths }

    private init(
        processID: Int32, connection: StarterConnection, pending: PendingRequests, groups: CgroupFolders
    ) throws(SandboxError) {
        self.processID = processID
        self.connection = connection
        self.pending = pending
        self.groups = groups
        exits = pending.exits
        doors = pending.doors
        roots = RuntimeRoots()
        setups = InitSetups(
            filter: try SyscallFilter(), landlock: sandbox_landlock_version() >= 1,
            limitsProcesses: !groups.limits(.pids), limitsData: !groups.limits(.memory))
    }

    /// Starts the process, and waits until it is ready; blocks for a few milliseconds.
    package static func launch(
        _ configuration: StarterConfiguration = StarterConfiguration()
    ) throws(SandboxError) -> Starter {
        guard HostFiles.exists(configuration.bubblewrap) else {
            throw .unsupported("no bubblewrap at \(configuration.bubblewrap)")
        }
        let groups = CgroupFolders(name: CgroupFolders.name(number: StarterProcess.nextNumber()))
        groups.removeStale()
        let process = try StarterProcess.start(configuration.program)
        let id = process.id
        let connection = try StarterConnection(socket: process.takeSocket())
        let pending = PendingRequests()
        let starter = try Starter(processID: id, connection: connection, pending: pending, groups: groups)
        try connection.send(try StarterRequest.configure(configuration, groups: groups))
        try pending.expectConfigured(connection.receive())
        try ReaderThread.start { pending.run(connection, process: id, groups: groups) }
        return starter
    }

    /// Parks a sandbox: returns when its doors are open and its runtime waits, or when an empty one waits.
    package func park(_ spec: SandboxSpec) async throws(SandboxError) -> Sandbox {
        // What a root is made of is read from the host's files: not on an event loop, whoever asks.
        let root = try await withTaskExecutorPreference(globalConcurrentExecutor) { () throws(SandboxError) in
            try await roots.root(for: spec.runtime) { (id, entries) throws(SandboxError) in
                let message = try StarterRequest.root(id, entries: entries)
                _ = try await self.ask { message.numbered($0) }
            }
        }
        let id = SandboxID(number: lastSandbox.add(1, ordering: .relaxed).newValue)
        let limits = CgroupLimits(memoryBytes: spec.memoryBytes, pids: spec.pids)
            .writes(for: groups.hierarchies, .parked)
        let words = BubblewrapArguments(root: root.id).words
        let setup = setups.setup(spec, arguments: root.arguments)
        let reply = try await ask {
            StarterRequest.park(id, limits: limits, arguments: words, setup: setup, request: $0)
        }
        guard let runtime = reply.take(), let egress = reply.take(), let logs = reply.take() else {
            stop(id)
            throw .host(tried: "park", errno: EBADMSG)
        }
        return Sandbox(
            id: id, runtimeListener: runtime, egressListener: egress, logs: logs, memoryPeak: reply.take(),
            memoryGroup: groups.folder(ofGroup: reply.value, for: .memory))
    }

    /// Makes an empty code tree that holds at most this much.
    package func makeCodeTree(sizeLimit: Int) async throws(SandboxError) -> CodeTree {
        let reply = try await ask {
            StarterRequest.tree(size: UInt64(sizeLimit), files: UInt64(max(1024, sizeLimit / 1024)), request: $0)
        }
        guard let root = reply.take() else { throw .host(tried: "code tree", errno: EBADMSG) }
        let connection = connection
        return CodeTree(number: reply.value, root: root) { number in
            // A starter that is gone has no trees any more.
            try? connection.send(StarterRequest.dropTree(number))
        }
    }

    /// Turns a parked sandbox into an instance of a function: mounts, limits, environment, and a running runtime.
    ///
    /// Once per sandbox. Never waits: that the runtime runs is seen at its door. Where it fails the sandbox ends, and its
    /// exit says why.
    package func assign(_ id: SandboxID, _ assignment: Assignment) throws(SandboxError) {
        let limits = CgroupLimits(
            memoryBytes: assignment.memoryBytes, cpu: assignment.cpu, pids: assignment.pids
        ).writes(for: groups.hierarchies, .assigned)
        try connection.send(
            StarterRequest.assign(id, assignment, limits: limits, start: setups.start(assignment)))
    }

    /// Has the host listen at ports of a sandbox's own loopback; never waits.
    ///
    /// What is asked for before `assign` is there before the function's code runs. Each port's listener, or why there is
    /// none, is told by `doors`.
    package func listen(_ id: SandboxID, at ports: [UInt16]) throws(SandboxError) {
        guard !ports.isEmpty else { return }
        try connection.send(StarterRequest.listen(id, open: InitMessage.open(ports)))
    }

    /// Stops all of a sandbox.
    ///
    /// Idempotent, and never blocks; the end is told by `exits`.
    package func stop(_ id: SandboxID) {
        // A starter that is gone has stopped everything.
        try? connection.send(StarterRequest.stop(id))
    }

    /// Stops every sandbox, and waits until nothing is left of them.
    package func shutdown() async {
        connection.finish()
        await pending.ended()
    }

    private func ask(_ message: @Sendable (UInt32) -> Message) async throws(SandboxError) -> StarterReply {
        try await pending.ask { (request) throws(SandboxError) in try connection.send(message(request)) }
    }
}
