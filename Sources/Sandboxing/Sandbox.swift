/// A parked sandbox, with the descriptors that are the host's side of it.
package struct Sandbox: ~Copyable, Sendable {
    /// Its name in every later call.
    package let id: SandboxID
    /// Listens on the sandbox's own 127.0.0.1:9001: the Runtime API.
    package let runtimeListener: OwnedDescriptor
    /// Listens on the sandbox's own 127.0.0.1:9002: the governed way out.
    package let egressListener: OwnedDescriptor
    /// What the runtime prints, standard output and error alike; does not block.
    package let logs: OwnedDescriptor
    /// The most memory the sandbox has used, as decimal text at offset 0; absent where no cgroup counts it.
    package let memoryPeak: OwnedDescriptor?
    /// The folder of its memory cgroup, for those who measure; absent where there is none.
    package let memoryGroup: String?

    /// The descriptors of a sandbox, to be closed by whoever holds them; -1 is none.
    package struct Descriptors: Sendable {
        package var runtimeListener: CInt
        package var egressListener: CInt
        package var logs: CInt
        package var memoryPeak: CInt
    }

    /// Gives the descriptors away; whoever takes them closes them.
    package consuming func take() -> Descriptors {
        Descriptors(
            runtimeListener: runtimeListener.take(), egressListener: egressListener.take(), logs: logs.take(),
            memoryPeak: memoryPeak?.take() ?? -1)
    }
}
