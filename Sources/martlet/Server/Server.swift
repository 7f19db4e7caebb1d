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
        try plan.folder.create()
        let starter = try Starter.launch()
        let store = try SQLiteStore(folder: plan.folder.path)
        let blobs = try FileBlobStore(folder: plan.folder.blobs)
        let keys = try await Keys.open(store: store, source: plan.rootKey)
        let identityKey = try await keys.key(for: "identity", in: plan.account)
        let identity = Identity(account: plan.account, store: store, key: identityKey)
        let administrator = try await identity.administrator()
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let logs = Logs(store: store, keys: keys)
        let features = try await Assembly.make(
            plan,
            Assembly.Parts(
                starter: starter, store: store, blobs: blobs, keys: keys, identity: identity, logs: logs,
                eventLoop: group.next(), logger: logger))
        let listener = try await features.gateway.listen(host: plan.host, port: plan.port)
        let endpoint = "http://\(plan.host):\(listener.localAddress?.port ?? plan.port)"
        let access = ControlSocket.Access(
            endpoint: endpoint, accessKeyID: administrator.id.text, secretAccessKey: administrator.secret.revealed,
            region: plan.region.text)
        let control = try await ControlSocket.listen(plan.folder.controlSocket, group: group, access)
        logger.notice("Martlet is ready.", metadata: ["endpoint": "\(endpoint)", "data": "\(plan.folder.path)"])
        await runUntilStopped(features, plan, logger)
        logger.notice("Martlet has stopped.")
        try await listener.close()
        try await control.close()
        await store.close()
        try await group.shutdownGracefully()
    }

    private static func runUntilStopped(_ features: Assembly, _ plan: ServerPlan, _ logger: Logger) async {
        await withDiscardingTaskGroup { group in
            group.addTask { await features.pool.run() }
            group.addTask { await features.events.run() }
            group.addTask { await features.gateway.run() }
            group.addTask { await features.logs.run(accounts: [plan.account]) }
            await StopSignal.wait()
            logger.notice("Stopping: no new calls, those in flight are finished.")
            await features.drain()
            group.cancelAll()
        }
    }
}
