import Sandboxing
import Testing

/// The command line that makes a sandbox: what is there, and what must not be.
struct BubblewrapArgumentsTests {
    private let words = BubblewrapArguments(root: 7, tmpBytes: 4096).words

    @Test func `every namespace is new`() {
        for name in ["user", "pid", "net", "ipc", "uts", "cgroup"] { #expect(words.contains("--unshare-\(name)")) }
        #expect(!words.contains { $0.hasPrefix("--share") || $0.hasSuffix("-try") })
    }

    @Test func `everything ends with the starter, and init is the first process`() {
        #expect(words.contains("--die-with-parent"))
        #expect(words.contains("--as-pid-1"))
        #expect(Array(words.suffix(2)) == ["--", "/var/runtime/init"])
    }

    @Test func `no folder of the host can be written, and none is named but the root`() {
        let binds = words.indices.filter { words[$0].contains("bind") }.map {
            words[$0...($0 + 2)].joined(separator: " ")
        }
        #expect(binds == ["--ro-bind /roots/7 /", "--dev-bind /dev /dev"])
        #expect(!words.contains("--dev"))
    }

    @Test func `all capabilities go but the two that init needs until the code is mounted`() {
        let dropped = words.firstIndex(of: "ALL")
        let added = words.indices.filter { words[$0] == "--cap-add" }.map { words[$0 + 1] }
        #expect(dropped.map { words[$0 - 1] } == "--cap-drop")
        #expect(added == ["CAP_SYS_ADMIN", "CAP_SETPCAP"])
        #expect(words.contains("--clearenv"))
    }
}
