import CSandbox
import Glibc

/// What this machine gives to confine functions with, and so what `martlet doctor` says.
package struct SandboxCapabilities: Sendable {
    /// Whether sandboxes get user ids of their own.
    package var isRoot: Bool
    /// What bubblewrap says of its version; absent where it is not installed.
    package var bubblewrap: String?
    /// Whether this user may make user namespaces.
    package var userNamespaces: Bool
    /// The version of the control groups that can be used; absent where none can.
    package var cgroups: CgroupHierarchy.Version?
    /// The resources that control groups limit here.
    ///
    /// The others are limited for each process at best.
    package var controllers: Set<CgroupController>
    package var seccomp: Bool
    /// The version of Landlock; 0 where the kernel has it not.
    package var landlock: Int
    /// Whether the kernel can mount code into a sandbox that already runs.
    package var lateMount: Bool

    /// Looks.
    ///
    /// Takes some milliseconds, and changes nothing.
    package static func probe(bubblewrap: String = StarterConfiguration().bubblewrap) -> SandboxCapabilities {
        let groups = CgroupFolders.map().hierarchies.filter(CgroupFolders.isUsable)
        return SandboxCapabilities(
            isRoot: geteuid() == 0, bubblewrap: version(of: bubblewrap),
            userNamespaces: sandbox_has_user_namespaces() == 1, cgroups: groups.first?.version,
            controllers: groups.reduce(into: []) { $0.formUnion($1.controllers) },
            seccomp: sandbox_has_seccomp_filter() == 1, landlock: max(0, Int(sandbox_landlock_version())),
            lateMount: sandbox_has_late_mount() == 1)
    }

    private static func version(of bubblewrap: String) -> String? {
        var text = [UInt8](repeating: 0, count: 64)
        // SAFETY: the call writes at most as many bytes as it is told there are.
        let length = unsafe text.withUnsafeMutableBytes {
            unsafe sandbox_version_of(bubblewrap, $0.baseAddress, $0.count)
        }
        guard length > 0 else { return nil }
        return String(decoding: text.prefix(Int(length)), as: UTF8.self).split(separator: "\n").first.map(String.init)
    }
}
