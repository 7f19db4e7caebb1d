import Core
import Egress
import Logging
import NIOCore
import NIOPosix
import Sandboxing

/// The plain TCP services of functions, each a port of its sandbox's own loopback.
extension Pool {
    /// Has the host listen where a function's services are, before the function's code runs or as they are added.
    func openServices(of instance: Instance, _ function: FunctionName) throws(SandboxError) {
        let wanted = surroundings.wayOut.caller(function)?.policy.services ?? [:]
        for (port, door) in instance.services where wanted[port] == nil {
            door.close()
            instance.services[port] = nil
        }
        let missing = wanted.keys.filter { instance.services[$0] == nil }.sorted()
        for port in missing { instance.services[port] = .asked }
        try starter.listen(instance.id, at: missing.map(\.number))
    }

    /// Rules or services have changed: sandboxes at work get and lose ports.
    ///
    /// What is connected is judged again by the way out itself.
    package func wayOutChanged() {
        for instance in instances.values {
            guard let version = instance.service?.version else { continue }
            // A starter that is gone takes its sandboxes with it.
            try? openServices(of: instance, version.name)
        }
    }

    /// A sandbox has made a port for a service, or could not.
    func opened(_ door: SandboxDoor) async {
        guard let port = Port(door.port), let instance = bySandbox[door.sandbox], isAwaited(port, instance),
            let proxy = instance.wayOut
        else { return }
        guard let listener = door.take() else {
            instance.services[port] = nil
            return logger.warning(
                "A service's port cannot be had in a sandbox.",
                metadata: [
                    "function": "\(instance.tenant.name?.text ?? "-")", "port": "\(port)", "errno": "\(door.error)",
                ])
        }
        let bootstrap = ServerBootstrap(group: eventLoop, childGroup: surroundings.wayOut.eventLoops)
            .childChannelInitializer { proxy.initialize($0, at: port) }
        do {
            let channel = try await bootstrap.withBoundSocket(listener.take()).get()
            guard bySandbox[door.sandbox] != nil, isAwaited(port, instance) else { return channel.close(promise: nil) }
            instance.services[port] = .open(channel)
        } catch {
            instance.services[port] = nil
            logger.warning("A service's port cannot be served.", metadata: ["port": "\(port)", "reason": "\(error)"])
        }
    }

    private func isAwaited(_ port: Port, _ instance: Instance) -> Bool {
        if case .asked = instance.services[port] { true } else { false }
    }
}
