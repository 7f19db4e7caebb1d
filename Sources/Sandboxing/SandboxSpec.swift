/// What a sandbox is parked with, before it is known which function it will serve.
package struct SandboxSpec: Hashable, Sendable {
    /// What runs in it.
    package var runtime: RuntimeProgram
    /// The most memory it may use until it is assigned.
    package var memoryBytes: Int
    /// The most processes and threads it may have until it is assigned.
    package var pids: Int

    package init(runtime: RuntimeProgram, memoryBytes: Int = 512 << 20, pids: Int = 512) {
        self.runtime = runtime
        self.memoryBytes = memoryBytes
        self.pids = pids
    }
}
