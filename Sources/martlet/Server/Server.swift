import Core
import FoundationEssentials
import Gateway
import Logging
import NIOCore
import NIOPosix
import Platform
import Sandboxing
import Storage
import Vault

/// Puts the features together, runs them, and takes them down in the right order.
enum Server {
    /// Runs until a signal or a failure ends it.
    static func run(_ plan: ServerPlan) async throws {
        var logger = Logger(label: "martlet")
        logger.logLevel = plan.logLevel
        DescriptorLimit.raise()
        let running: Running
        do { running = try await start(plan, logger) } catch { throw ServerFailure(error, plan) }
        logger.notice(
            "Martlet is ready.", metadata: ["endpoint": "\(running.endpoint)", "data": "\(plan.folder.path)"])
        let failure = await runUntilStopped(running, plan, logger)
        logger.notice("Martlet has stopped.")
        try await running.stop()
        if let failure { throw ServerFailure(failure) }
    }

    /// What was started, and what there is to close.
    private struct Running {
        let endpoint: String
        let features: Assembly
        let store: SQLiteStore
        let audit: AuditTrail
        let channels: [any Channel]
        let group: MultiThreadedEventLoopGroup
        let egressGroup: MultiThreadedEventLoopGroup

        func stop() async throws {
            for channel in channels { try await channel.close() }
            await audit.close()
            await store.close()
            try await egressGroup.shutdownGracefully()
            try await group.shutdownGracefully()
        }
    }

    private static func start(_ plan: ServerPlan, _ logger: Logger) async throws -> Running {
        try plan.folder.create()
        let starter = try Starter.launch()
        let store = try SQLiteStore(folder: plan.folder.path)
        let blobs = try FileBlobStore(folder: plan.folder.blobs)
        let keys = try await Keys.open(store: store, source: plan.rootKey)
        let identity = Identity(
            account: plan.account, store: store, key: try await keys.key(for: "identity", in: plan.account))
        let audit = try AuditTrail(
            folder: plan.folder.audit, account: plan.account, keys: keys.audit,
            onFailure: { error in
                logger.error("The audit trail cannot be written.", metadata: ["reason": "\(error)"])
            })
        let administrator = try await identity.administrator()
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let egressGroup = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let governor = Governor(
            eventLoop: group.next(), account: plan.account, store: store, keys: keys, audit: audit, logger: logger)
        try await governor.restore()
        let features = try await Assembly.make(
            plan,
            Assembly.Parts(
                starter: starter, store: store, blobs: blobs, keys: keys, identity: identity,
                logs: Logs(store: store, keys: keys), audit: audit, governor: governor, eventLoop: group.next(),
                egressLoops: egressGroup, logger: logger))
        let listener = try await features.gateway.listen(host: plan.host, port: plan.port)
        let endpoint = "http://\(plan.host):\(listener.localAddress?.port ?? plan.port)"
        let access = ControlSocket.Access(
            endpoint: endpoint, accessKeyID: administrator.id.text, secretAccessKey: administrator.secret.revealed,
            region: plan.region.text)
        let control = try await ControlSocket.listen(plan.folder.controlSocket, group: group, access)
        return Running(
            endpoint: endpoint, features: features, store: store, audit: audit, channels: [listener, control],
            group: group, egressGroup: egressGroup)
    }

    private static func runUntilStopped(_ running: Running, _ plan: ServerPlan, _ logger: Logger) async -> StoreFailure?
    {
        await withDiscardingTaskGroup { group in
            let features = running.features
            group.addTask { await features.pool.run() }
            group.addTask { await features.events.run() }
            group.addTask { await features.schedules.run(on: running.group.next()) }
            group.addTask { await features.buses.run(on: running.group.next()) }
            group.addTask { await features.buses.sweep() }
            group.addTask { await features.buses.follow() }
            group.addTask { await features.sources.follow() }
            group.addTask { await features.buses.stories.run() }
            group.addTask { await features.replays.run() }
            group.addTask { await features.workflows.run(on: running.group.next()) }
            group.addTask { await DeliveryWorker(features.deliveries).run() }
            group.addTask { await features.gateway.run() }
            group.addTask { await features.governor.run() }
            group.addTask { await features.logs.run(accounts: [plan.account]) }
            group.addTask { await features.queues.run(accounts: [plan.account]) }
            group.addTask { await features.sources.run() }
            group.addTask { await features.moves.run() }
            group.addTask { await features.sweep.run() }
            group.addTask { await features.happenings.run() }
            group.addTask { await running.audit.run(keepingDays: plan.auditDays) }
            features.happenings.tell(.server(isStarting: true))
            let failure = await StopSignal.wait(or: running.store.failures)
            logger.notice("Stopping: no new calls, those in flight are finished.")
            features.happenings.tell(.server(isStarting: false))
            await features.drain()
            await features.happenings.flush()
            group.cancelAll()
            return failure
        }
    }
}
