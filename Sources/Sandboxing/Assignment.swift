/// What turns a parked sandbox into an instance of one function version.
package struct Assignment: Sendable {
    /// The function's code, seen at `/var/task`.
    package var task: CodeTree
    /// The layers, seen at `/opt`.
    package var opt: CodeTree?
    /// The complete environment of the runtime.
    package var environment: [(String, String)]
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
        task: CodeTree, opt: CodeTree? = nil, environment: [(String, String)], memoryBytes: Int, cpu: Double,
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

    /// The environment as NUL-terminated `NAME=VALUE` strings; an entry that cannot be one is left out.
    var environmentBlock: [UInt8] {
        var block: [UInt8] = []
        for (name, value) in environment {
            let text = Array("\(name)=\(value)".utf8)
            guard !name.isEmpty, !text.contains(0) else { continue }
            block += text
            block.append(0)
        }
        return block
    }
}
