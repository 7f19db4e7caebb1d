/// The command line that makes a sandbox of a runtime root.
///
/// Pure. What it leaves out matters as much: no `--dev`, which would put the sandbox into a second user namespace in
/// which the late mount of the code is refused; no `--bind` of anything that can be written.
package struct BubblewrapArguments: Equatable, Sendable {
    /// Where bubblewrap lies in the starter's base.
    static let program = "/usr/bin/bwrap"
    /// Where the first process of a sandbox lies in its root.
    static let initProgram = "/var/runtime/init"

    /// The runtime root's number in the base.
    package var root: UInt32
    /// The size of `/tmp` until a function is assigned.
    package var tmpBytes: Int

    package init(root: UInt32, tmpBytes: Int = 64 << 20) {
        self.root = root
        self.tmpBytes = tmpBytes
    }

    /// The words, the program's own first.
    package var words: [String] {
        [Self.program] + namespaces + identity + files + ["--", Self.initProgram]
    }

    private var namespaces: [String] {
        ["user", "pid", "net", "ipc", "uts", "cgroup"].map { "--unshare-\($0)" }
            + ["--die-with-parent", "--new-session", "--as-pid-1"]
    }

    /// Who it is inside.
    ///
    /// The two capabilities are init's until the code is mounted, and never the runtime's.
    private var identity: [String] {
        [
            "--uid", "1000", "--gid", "1000", "--hostname", "sandbox", "--clearenv", "--cap-drop", "ALL",
            "--cap-add", "CAP_SYS_ADMIN", "--cap-add", "CAP_SETPCAP",
        ]
    }

    private var files: [String] {
        [
            "--ro-bind", "/roots/\(root)", "/", "--dev-bind", "/dev", "/dev", "--proc", "/proc",
            "--perms", "1777", "--size", String(tmpBytes), "--tmpfs", "/tmp", "--chdir", "/",
        ]
    }
}
