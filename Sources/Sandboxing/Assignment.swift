/// What turns a parked sandbox into an instance of one function version.
package struct Assignment: Sendable {
    /// The function's code, seen at `/var/task`.
    package var task: CodeTree
    /// The layers, seen at `/opt`.
    package var opt: CodeTree?
    /// The complete environment of the runtime.
    package var environment: EnvironmentBlock
    /// The most memory, what is written to `/tmp` included.
    package var memoryBytes: Int
    /// The share of processors, in cores.
    package var cpu: Double
    /// The most processes and threads.
    package var pids: Int
    /// The size of `/tmp`.
    package var tmpBytes: Int
    /// Whether the interpreter is run anew instead of waking the parked one, because it reads the environment early.
    package var freshProcess: Bool

    package init(
        task: CodeTree, opt: CodeTree? = nil, environment: EnvironmentBlock, memoryBytes: Int, cpu: Double = 1,
        pids: Int = 1024, tmpBytes: Int = 512 << 20, freshProcess: Bool = false
    ) {
        self.task = task
        self.opt = opt
        self.environment = environment
        self.memoryBytes = memoryBytes
        self.cpu = cpu
        self.pids = pids
        self.tmpBytes = tmpBytes
        self.freshProcess = freshProcess
    }
}
