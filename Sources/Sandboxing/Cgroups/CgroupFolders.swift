import Glibc

/// The folders in which this server's sandboxes have their groups, one in each hierarchy.
///
/// A folder's name says whose it is, so that those of a server that was killed can be told and removed.
package struct CgroupFolders: Sendable {
    package let hierarchies: [CgroupHierarchy]
    private let name: String

    /// The folders of the hierarchies in which this process may make groups.
    ///
    /// Makes no group yet; but on version 2 it moves this process into a leaf, without which the kernel would not
    /// hand controllers down.
    package init(name: String) {
        hierarchies = Self.map().hierarchies.compactMap { hierarchy in
            switch hierarchy.version {
            case .v1: HostFiles.isWritable(hierarchy.own) ? hierarchy : nil
            case .v2: CgroupDelegation.of(hierarchy)
            }
        }
        self.name = name
    }

    /// No groups at all.
    package init() {
        hierarchies = []
        name = ""
    }

    /// What the kernel says of this process.
    package static func map() -> CgroupMap {
        CgroupMap(groups: HostFiles.text("/proc/self/cgroup"), mounts: HostFiles.text("/proc/self/mountinfo")) {
            HostFiles.text($0 + "/cgroup.controllers").split { $0 == " " || $0 == "\n" }.map(String.init)
        }
    }

    /// The folder in each hierarchy, in order.
    var paths: [String] { hierarchies.map { "\($0.own)/\(name)" } }

    /// Whether groups limit this resource here.
    func limits(_ controller: CgroupController) -> Bool {
        hierarchies.contains { $0.controllers.contains(controller) }
    }

    /// The folder of a sandbox's group, by the number that the starter gave it, for this resource.
    func folder(ofGroup number: UInt64, for controller: CgroupController) -> String? {
        zip(paths, hierarchies).first { $1.controllers.contains(controller) }.map { "\($0.0)/\(number)" }
    }

    /// A name that tells whether its server still lives: process id, start time, and a number.
    static func name(number: Int) -> String {
        "martlet-\(getpid())-\(startTime(of: getpid()) ?? "0")-\(number)"
    }

    /// Ends what servers left behind that are gone, and removes its groups.
    ///
    /// A sandbox dies with its starter; but a thousand processes that share a twentieth of a core would be half an hour
    /// about it, so they get all the processor time they ask for first.
    func removeStale() {
        for hierarchy in hierarchies {
            for name in HostFiles.names(in: hierarchy.own) where Self.isStale(name) {
                let folder = "\(hierarchy.own)/\(name)"
                for group in HostFiles.names(in: folder) { Self.end("\(folder)/\(group)") }
                Self.remove(folder)
            }
        }
    }

    private static func end(_ group: String) {
        for (file, value) in [("cpu.cfs_quota_us", "-1"), ("cpu.max", "max")] { write(value, to: "\(group)/\(file)") }
        for process in HostFiles.text("\(group)/cgroup.procs").split(separator: "\n").compactMap({ pid_t($0) })
        where process > 0 {
            kill(process, SIGKILL)
        }
    }

    /// Writes to a file of the kernel, if it is there.
    private static func write(_ value: String, to path: String) {
        // SAFETY: a string that lives for the call.
        let file = unsafe open(path, O_WRONLY | O_CLOEXEC)
        guard file >= 0 else { return }
        // SAFETY: as many bytes as the text has; what the kernel refuses cannot be helped here.
        _ = unsafe Glibc.write(file, value, value.utf8.count)
        close(file)
    }

    /// Removes this server's own groups, after its starter has ended.
    ///
    /// Where the starter was killed, its sandboxes end a moment later; what takes longer stays for the next start.
    func remove() {
        for _ in 0..<100 where paths.contains(where: HostFiles.exists) {
            for path in paths { Self.remove(path) }
            usleep(10_000)
        }
    }

    static func isStale(_ name: String) -> Bool {
        let parts = name.split(separator: "-")
        guard parts.count == 4, parts[0] == "martlet", let process = Int32(parts[1]) else { return false }
        return startTime(of: process) != String(parts[2])
    }

    /// The 22nd field of the process's `stat`; its second may hold anything, so it is counted from the end of that.
    private static func startTime(of process: pid_t) -> String? {
        let fields = HostFiles.text("/proc/\(process)/stat").split(separator: ")").last?.split(separator: " ")
        guard let fields, fields.count > 19 else { return nil }
        return String(fields[19])
    }

    private static func remove(_ folder: String) {
        for child in HostFiles.names(in: folder) {
            // Files of the kernel cannot be removed, and need not be.
            // SAFETY: a string that lives for the call; so below.
            _ = unsafe rmdir("\(folder)/\(child)")
        }
        _ = unsafe rmdir(folder)
    }

    /// Whether groups may be made there, as far as that can be told without trying.
    static func isUsable(_ hierarchy: CgroupHierarchy) -> Bool {
        !hierarchy.controllers.isEmpty && (HostFiles.isWritable(hierarchy.own) || HostFiles.isWritable(hierarchy.top))
    }
}
