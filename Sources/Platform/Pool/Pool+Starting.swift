import Core
import Egress
import Logging
import NIOCore
import NIOPosix
import Sandboxing

/// Sandboxes on their way in: parked with the interpreter running, then assigned to one version of one function.
extension Pool {
    /// Processes and threads of one instance, as on AWS.
    private static let mostProcesses = 1024

    /// Starts, parks and expires until the task is cancelled; then every sandbox is stopped, and calls that ran are told so.
    package func run() async {
        await withTaskExecutorPreference(EventLoopTaskExecutor(eventLoop)) { await serve() }
    }

    private func serve() async {
        await withDiscardingTaskGroup { group in
            group.addTask { for await exit in self.starter.exits { await self.ended(exit) } }
            group.addTask { for await door in self.starter.doors { await self.opened(door) } }
            group.addTask { await self.keepTime() }
            for program in interpreters.programs { refill(program) }
            for await order in orders { group.addTask { await self.carryOut(order) } }
            group.cancelAll()
        }
        await starter.shutdown()
        endCalls()
    }

    private func carryOut(_ order: Order) async {
        switch order {
        case .start(let number, let version): await start(number, version, withinCall: false)
        case .startAgain(let number, let version): await start(number, version, withinCall: true)
        case .unpack(let version): await prepare(version)
        case .park(let program):
            await prepareTree()
            do {
                parking.parked(try await park(program).id, program)
            } catch {
                parking.parked(nil, program)
                logger.warning("A sandbox could not be parked.", metadata: ["reason": "\(error)"])
            }
        }
    }

    /// Reads logs while functions run, and looks after parking and expiry once a second.
    private func keepTime() async {
        var lastTick = now
        while !Task.isCancelled {
            let interval: Duration = state.inFlight > 0 ? .milliseconds(20) : .milliseconds(250)
            do { try await Task.sleep(for: interval) } catch { return }
            for instance in bySandbox.values { instance.logs?.drain() }
            guard now - lastTick >= 1000 else { continue }
            lastTick = now
            for sandbox in parking.tick() { starter.stop(sandbox) }
            for program in interpreters.programs { refill(program) }
            state.expire(idleSince: now - settings.idleTime.wholeMilliseconds)
            stopEvicted()
            trees.expire(now: now)
            await prepareTree()
        }
    }

    func refill(_ program: RuntimeProgram) {
        guard !isStopping else { return }
        for _ in 0..<parking.refill(program) { order(.park(program)) }
    }

    private func start(_ number: Int, _ version: FunctionVersion, withinCall: Bool) async {
        do {
            guard let program = interpreters.program(for: version.configuration.runtime) else {
                throw StartFailure.noInterpreter(runtime: version.configuration.runtime.identifier)
            }
            let tree = try await tree(of: version)
            let parked = parking.take(program).flatMap { bySandbox[$0] }
            let instance = if let parked { parked } else { try await parkNow(program) }
            try assign(instance, number, version, tree, withinCall: withinCall)
        } catch {
            failStart(number, version, error)
        }
    }

    /// Starts an instance without waiting for anything, where all that it takes is ready.
    func startAtOnce(_ number: Int, _ version: FunctionVersion) -> Bool {
        guard let program = interpreters.program(for: version.configuration.runtime),
            // Taking counts as demand, also where there is nothing to take: who goes the long way counts there.
            parking.hasParked(program), let tree = trees.use(version.identity, now: now),
            let parked = parking.take(program).flatMap({ bySandbox[$0] })
        else { return false }
        do { try assign(parked, number, version, tree, withinCall: false) } catch {
            failStart(number, version, error)
        }
        return true
    }

    /// The call that waited for the instance fails with it; what there is of the instance is stopped.
    func failStart(_ number: Int, _ version: FunctionVersion, _ error: any Error) {
        logger.error(
            "An instance could not be started.", metadata: ["function": "\(version.name)", "reason": "\(error)"])
        if case SandboxError.noProgram = error, let instance = instances[number] {
            failStart(of: instance, .noEntrypoint("/var/task/bootstrap /opt/bootstrap"))
        } else if let call = takeFailed(number) {
            refuse(call.invocation, .unavailable(error as? StartFailure ?? .sandbox(reason: "\(error)")), call.reply)
        }
        guard let instance = instances[number] else { return forget(number) }
        instance.service?.hasFailed = true
        stop(number)
    }

    private func assign(
        _ instance: Instance, _ number: Int, _ version: FunctionVersion, _ tree: CodeTrees.Tree, withinCall: Bool
    ) throws {
        // From here on whatever fails ends the sandbox too.
        instances[number] = instance
        let stream = try InstanceLogStream.id(for: version)
        instance.tenant.name = version.name
        let limit = withinCall ? version.configuration.timeout.duration : settings.initTime
        let timer = eventLoop.scheduleTask(in: .nanoseconds(Int64(limit.wholeMilliseconds) * 1_000_000)) {
            self.assumeIsolated { $0.initTimedOut(number) }
        }
        instance.service = Instance.Service(
            number: number, version: version, stream: stream, assigned: .now(), initTimeout: timer,
            isWithinCall: withinCall)
        instance.cause = cause(ofStart: number)
        try openServices(of: instance, version.name)
        try starter.assign(
            instance.id,
            Assignment(
                task: tree.task, opt: tree.opt, environment: tree.environment.block(stream: stream.name),
                memoryBytes: version.configuration.memory.megabytes << 20, cpu: version.processor.cores,
                pids: Self.mostProcesses, tmpBytes: version.configuration.ephemeralStorage.bytes,
                freshProcess: tree.environment.needsFreshProcess))
    }

    /// A start that takes too long is ended: the first time another sandbox tries within the time of the call that waits,
    /// the second time that call has timed out.
    private func initTimedOut(_ number: Int) {
        guard let instance = instances[number], let service = instance.service, !service.isInitialized else { return }
        guard service.isWithinCall else {
            let elapsed = NIODeadline.now() - service.assigned
            let seconds = Int(settings.initTime.components.seconds)
            log(
                InvocationReport.initReport(
                    service.version, after: .nanoseconds(elapsed.nanoseconds), isWithinCall: false,
                    .timedOut(seconds: seconds)), of: instance)
            instance.service?.hasOverrun = true
            // The instance goes on starting: its room is kept for the sandbox that takes this one's place.
            return starter.stop(instance.id)
        }
        instance.service?.fault = .timedOut(seconds: service.version.configuration.timeout.seconds)
        stop(number)
    }

    /// Parks for a call that waits: the host may fail once or twice where nothing of the function has run yet.
    private func parkNow(_ program: RuntimeProgram) async throws -> Instance {
        for _ in 0..<2 {
            do { return try await park(program) } catch {
                logger.warning("A sandbox could not be started, trying again.", metadata: ["reason": "\(error)"])
            }
        }
        return try await park(program)
    }

    private func park(_ program: RuntimeProgram) async throws -> Instance {
        let sandbox = try await starter.park(SandboxSpec(runtime: program))
        let id = sandbox.id
        let descriptors = sandbox.take()
        let instance = Instance(id: id, memoryPeak: MemoryPeak(descriptor: descriptors.memoryPeak))
        bySandbox[id] = instance
        do { try await open(instance, descriptors) } catch {
            starter.stop(id)
            throw error
        }
        return instance
    }

    /// Serves the listeners that the sandbox made in its own network namespace.
    private func open(_ instance: Instance, _ descriptors: Sandbox.Descriptors) async throws {
        let bound = NIOLoopBound(instance, eventLoop: eventLoop)
        let runtime = try await ServerBootstrap(group: eventLoop)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let owner = self.assumeIsolated { $0.owner(of: bound.value) }.value
                    let connection = RuntimeConnection(owner: owner, among: bound.value.connections)
                    try channel.pipeline.syncOperations.addHandler(connection)
                }
            }
            .withBoundSocket(descriptors.runtimeListener).get()
        let (wayOut, tenant) = (surroundings.wayOut, instance.tenant)
        let sandbox = instance.id
        let proxy = EgressProxy(wayOut.surroundings) {
            guard let name = tenant.name else { return nil }
            return wayOut.caller(name)?.with(OutboundOrigin(function: name, sandbox: sandbox))
        }
        let egress = try await ServerBootstrap(group: eventLoop, childGroup: wayOut.eventLoops)
            .childChannelInitializer { proxy.initialize($0) }
            .withBoundSocket(descriptors.egressListener).get()
        instance.doors = [runtime, egress]
        instance.wayOut = proxy
        instance.logs = LogPipe(descriptor: descriptors.logs) { bytes in
            self.assumeIsolated { $0.printed(bytes, by: bound.value) }
        }
    }

    private func owner(of instance: Instance) -> NIOLoopBound<RuntimeConnection.Owner> {
        let bound = NIOLoopBound(instance, eventLoop: eventLoop)
        let owner = RuntimeConnection.Owner(
            request: { request, connection in
                let connection = NIOLoopBound(connection, eventLoop: self.eventLoop)
                self.assumeIsolated { $0.received(request, on: connection.value, from: bound.value) }
            },
            closed: { connection in
                let connection = NIOLoopBound(connection, eventLoop: self.eventLoop)
                self.assumeIsolated { $0.closed(connection.value, of: bound.value) }
            },
            handOver: { channel in
                guard let version = bound.value.service?.version else {
                    return channel.eventLoop.makeFailedFuture(ChannelError.ioOnClosedChannel)
                }
                return self.surroundings.handOver(channel, version) { bound.value.cause }
            })
        return NIOLoopBound(owner, eventLoop: eventLoop)
    }

    private func printed(_ bytes: ByteBuffer, by instance: Instance) {
        for line in instance.lines.split(bytes) { log(line + "\n", of: instance) }
    }
}
