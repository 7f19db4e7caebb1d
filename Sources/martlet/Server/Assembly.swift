import Core
import Egress
import Gateway
import Logging
import NIOCore
import Platform
import Sandboxing
import Storage
import Synchronization

/// The running features, tied together.
struct Assembly: Sendable {
    let pool: Pool
    let events: EventInvocations
    let schedules: Schedules
    let buses: EventBuses
    let replays: EventReplays
    let workflows: Workflows
    let deliveries: Deliveries
    let gateway: GatewayServer
    let logs: Logs
    let queues: Queues
    let sources: EventSources
    let moves: MessageMoves
    let sweep: CodeSweep
    let governor: Governor
    let happenings: PlatformEvents

    /// What the assembly is made of.
    struct Parts: Sendable {
        let starter: Starter
        let store: any Store
        let blobs: any BlobStore
        let keys: Keys
        let identity: Identity
        let logs: Logs
        let audit: AuditTrail
        let governor: Governor
        let eventLoop: any EventLoop
        /// What serves the ways out of the sandboxes, apart from everything else.
        let egressLoops: any EventLoopGroup
        let logger: Logger
    }

    /// Ties the features together on one event loop.
    static func make(_ plan: ServerPlan, _ parts: Parts) async throws -> Assembly {
        // The pool hands connections to the gateway, which hands calls to the pool: one of them comes first.
        let late = Late()
        let functions = Functions(
            store: parts.store, blobs: parts.blobs, keys: parts.keys, region: plan.region,
            limits: AccountLimits(concurrency: plan.pool.concurrency)
        ) { account, name in await late.changed(name, of: account) }
        let outbound = Outbound(account: plan.account, region: plan.region, store: parts.store) {
            await late.pool?.wayOutChanged()
        }
        for scope in try await outbound.restore() {
            parts.logger.error(
                "Rules of the way out cannot be read; they allow nothing.", metadata: ["scope": "\(scope)"])
        }
        let happenings = PlatformEvents(logger: parts.logger)
        await parts.governor.report(to: happenings)
        let calls = CallGate(governor: parts.governor)
        let gate = OutboundGate(account: plan.account, governor: parts.governor)
        let secrets = Secrets(account: plan.account, store: parts.store, keys: parts.keys)
        let egress = try egressSurroundings(plan, parts, secrets, gate, late)
        var surroundings = Pool.Surroundings(
            code: { version in
                Pool.CodeBundle(
                    code: try await functions.code(of: version), layers: try await functions.layerCode(of: version))
            },
            log: { stream, line in parts.logs.write(Array(line.utf8), at: .now, to: stream) },
            handOver: { channel, version, cause in late.serve(channel, version, cause) },
            wayOut: Pool.Surroundings.WayOut(
                surroundings: egress, eventLoops: parts.egressLoops, caller: { outbound.policies.caller($0) }))
        surroundings.throttled = { happenings.tell($0, $1) }
        let pool = Pool(
            eventLoop: parts.eventLoop, starter: parts.starter, interpreters: plan.interpreters, settings: plan.pool,
            governor: parts.governor, surroundings: surroundings, logger: parts.logger)
        let eventKey = { @Sendable (account: AccountID, name: FunctionName) in
            try await parts.keys.key(for: "function/\(name)", in: account)
        }
        let stories = EventStories(
            account: plan.account, store: parts.store, keys: parts.keys, logger: parts.logger)
        let deliveries = Deliveries(
            account: plan.account, store: parts.store, keys: parts.keys, logger: parts.logger, gate: calls,
            happenings: happenings,
            report: { stories.heard($0) })
        let events = EventInvocations(
            account: plan.account, store: parts.store, pool: pool, governor: parts.governor, deliveries: deliveries,
            surroundings: EventInvocations.Surroundings(
                key: eventKey,
                knownKey: { account, name in parts.keys.knownKey(for: "function/\(name)", in: account) },
                resolve: { account, reference in
                    do { return try await functions.resolve(reference, in: account) } catch FunctionError
                        .functionMissing
                    {
                        return nil
                    }
                }),
            happenings: happenings, logger: parts.logger)
        let queues = Queues(
            store: parts.store, keys: parts.keys, region: plan.region, happenings: happenings, logger: parts.logger)
        let sources = EventSources(
            account: plan.account, store: parts.store, keys: parts.keys, queues: queues, identity: parts.identity,
            surroundings: EventSources.Surroundings(
                pool: pool, functions: functions, account: plan.account, gate: calls), logger: parts.logger)
        try await sources.restore()
        deliveries.add(
            FunctionRoute(events: events, functions: functions, identity: parts.identity, region: plan.region),
            for: "lambda")
        deliveries.add(QueueRoute(queues: queues, identity: parts.identity), for: "sqs")
        let hostCalls = hostCalls(plan, parts, egress, outbound, secrets)
        let topics = Topics(
            account: plan.account, region: plan.region, store: parts.store, keys: parts.keys, deliveries: deliveries,
            home: NotificationHome(
                account: plan.account, address: plan.publicURL, store: parts.store, keys: parts.keys),
            calls: hostCalls, logger: parts.logger)
        try await topics.restore()
        deliveries.add(TopicRoute(topics: topics, identity: parts.identity), for: "sns")
        let schedules = Schedules(
            account: plan.account, region: plan.region, store: parts.store, keys: parts.keys, happenings: happenings,
            logger: parts.logger
        ) { firing in try await deliveries.prepare(firing.parcel) }
        try await schedules.restore()
        let buses = EventBuses(
            account: plan.account, region: plan.region, store: parts.store, keys: parts.keys, deliveries: deliveries,
            stories: stories, happenings: happenings, logger: parts.logger)
        happenings.attach(buses)
        let destinations = EventDestinations(buses: buses, calls: hostCalls, identity: parts.identity)
        deliveries.add(EventRoute(buses: buses, identity: parts.identity, destinations: destinations), for: "events")
        try await buses.restore()
        let replays = EventReplays(buses: buses)
        try await replays.restore()
        let workflows = Workflows(
            machines: StateMachines(
                account: plan.account, region: plan.region, store: parts.store, keys: parts.keys),
            store: parts.store, logs: parts.logs, happenings: happenings, logger: parts.logger,
            govern: { [governor = parts.governor] call in
                do throws(GovernorRefusal) {
                    try await governor.accept(call)
                    return nil
                } catch { return error }
            })
        workflows.add(
            FunctionTasks(
                pool: pool, events: events, functions: functions, identity: parts.identity, audit: parts.audit),
            for: "lambda")
        try await workflows.restore()
        deliveries.add(WorkflowRoute(workflows: workflows, identity: parts.identity), for: "states")
        let tags = ResourceTags(
            identity: parts.identity, functions: functions, sources: sources, queues: queues, topics: topics,
            buses: buses, schedules: schedules, workflows: workflows, logs: parts.logs)
        parts.identity.access.findTags { try await tags.tags(of: $0) }
        let services = Services(
            account: plan.account, eventLoop: parts.eventLoop, identity: parts.identity, functions: functions,
            calls: FunctionCalls(pool: pool, events: events), logs: parts.logs, schedules: schedules, queues: queues,
            topics: topics, sources: sources, buses: buses, replays: replays, workflows: workflows,
            deadLetters: DeadLetters(
                account: plan.account, store: parts.store, deliveries: deliveries, logger: parts.logger,
                onRedrive: { events.look(at: $0) },
                key: eventKey),
            outbound: outbound, secrets: secrets, governor: parts.governor, gate: calls, audit: parts.audit)
        let door = InnerDoor(
            services: services, region: plan.region, endpoint: plan.publicURL, logger: parts.logger)
        let tasks = ServedTasks(operations: door, identity: parts.identity)
        for type in ServedTasks.types { workflows.add(tasks, for: type) }
        workflows.add(
            WebTasks(
                calls: hostCalls, connections: EventConnections(buses: buses), identity: parts.identity,
                operations: door, audit: parts.audit),
            for: "http")
        deliveries.add(OperationRoute(operations: door, identity: parts.identity), for: "scheduler")
        await parts.governor.watch { scope, rule, endingCalls in
            pool.assumeIsolated { $0.ruled(scope, rule, endingCalls: endingCalls) }
            events.ruled()
            gate.ruled(scope, rule)
            calls.ruled(scope, rule)
        }
        for rule in await parts.governor.rules {
            guard let scope = GovernorScope(rule.scope) else { continue }
            gate.ruled(scope, rule)
            calls.ruled(scope, rule)
        }
        let gateway = try await parts.eventLoop.submit {
            GatewayServer(pool: pool, events: events, services: services, region: plan.region, logger: parts.logger)
        }.get()
        late.set(pool, gateway, functions)
        await late.countReserved(in: plan.account)
        let sweep = CodeSweep(store: parts.store, blobs: parts.blobs, keys: parts.keys, logger: parts.logger)
        return Assembly(
            pool: pool, events: events, schedules: schedules, buses: buses, replays: replays, workflows: workflows,
            deliveries: deliveries, gateway: gateway, logs: parts.logs, queues: queues, sources: sources,
            moves: MessageMoves(account: plan.account, queues: queues),
            sweep: sweep, governor: parts.governor, happenings: happenings)
    }

    private static func hostCalls(
        _ plan: ServerPlan, _ parts: Parts, _ egress: EgressSurroundings, _ outbound: Outbound, _ secrets: Secrets
    ) -> HostCalls {
        let lease: HostCalls.SecretSource = { secret, user in
            let bytes = try await secrets.lease(secret)
            try await OutboundAudit(trail: parts.audit, logger: parts.logger).used(secret, by: user)
            return bytes
        }
        return HostCalls(
            client: EgressClient(egress, on: parts.egressLoops), policies: outbound.policies,
            mail: plan.mail?.mail(MailClient(egress, on: parts.egressLoops), lease: lease), secret: lease)
    }

    private static func egressSurroundings(
        _ plan: ServerPlan, _ parts: Parts, _ secrets: Secrets, _ gate: OutboundGate, _ late: Late
    ) throws -> EgressSurroundings {
        let audit = OutboundAudit(trail: parts.audit, logger: parts.logger)
        return try EgressSurroundings(
            resolver: SystemResolver().resolver, trustFile: plan.egressTrust,
            secrets: { reference, attempt in
                let bytes = try await secrets.lease(reference.name)
                try await audit.used(reference, attempt)
                return LeasedSecret(bytes)
            },
            gate: { attempt, cut, decide in gate.pass(attempt, cut, { late.cause(of: $0) }, decide) },
            meter: { gate.charge($0, $1, $2) },
            record: { record in
                gate.ended(record)
                audit.ended(record)
            })
    }

    /// Takes no new calls, and waits a while for those in flight.
    func drain(for patience: Duration = .seconds(10)) async {
        gateway.finish()
        await sources.finish()
        let clock = ContinuousClock()
        let end = clock.now + patience
        while await pool.occupancy.inFlight > 0, clock.now < end {
            do { try await clock.sleep(for: .milliseconds(20)) } catch { break }
        }
        workflows.finish()
        await pool.beginStopping()
        await logs.flush()
    }
}

/// What is known only once everything is made.
private final class Late: Sendable {
    private struct Parts {
        var pool: Pool
        var gateway: GatewayServer
        var functions: Functions
    }

    private let parts = Mutex<Parts?>(nil)

    func set(_ pool: Pool, _ gateway: GatewayServer, _ functions: Functions) {
        parts.withLock { $0 = Parts(pool: pool, gateway: gateway, functions: functions) }
    }

    var pool: Pool? { parts.withLock { $0?.pool } }

    /// A function means something new: calls resolve it anew.
    func changed(_ name: FunctionName, of account: AccountID) async {
        guard let parts = parts.withLock({ $0 }) else { return }
        await parts.gateway.forget(name)
        if let now = parts.functions.resolved[account, FunctionReference(name: name)] {
            parts.pool.deployed(now.main)
        } else {
            await parts.pool.deleted(name, of: account)
        }
        await countReserved(in: account)
    }

    /// Tells the pool how much concurrency functions have reserved; where it cannot be read now, what was known stays.
    func countReserved(in account: AccountID) async {
        guard let parts = parts.withLock({ $0 }),
            let free = try? await parts.functions.unreservedConcurrency(in: account)
        else { return }
        await parts.pool.setTotalReserved(parts.functions.limits.concurrency - free)
    }

    /// What the function in a sandbox works on now; asked on the pool's event loop.
    func cause(of sandbox: SandboxID) -> Cause? {
        pool?.assumeIsolated { $0.cause(of: sandbox) }
    }

    func serve(
        _ channel: any Channel, _ version: FunctionVersion, _ cause: @escaping @Sendable () -> Cause?
    ) -> EventLoopFuture<Void> {
        guard let parts = parts.withLock({ $0 }) else { return channel.eventLoop.makeFailedFuture(ChannelError.eof) }
        return parts.gateway.serve(channel, of: version, cause: cause)
    }
}
