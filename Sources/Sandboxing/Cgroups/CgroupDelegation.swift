import Glibc

/// Version 2's way to let a group hand its controllers down.
///
/// A group that does may hold no process itself, unless it is the first of all. So this process moves into a leaf
/// beside the groups it makes; where others share its group, and it is root, the groups are made at the top.
enum CgroupDelegation {
    /// The leaf this process moves into.
    static let leaf = "martlet-host"

    /// The hierarchy with the group in which groups can be made, and the controllers they get; `nil` where none can.
    static func of(_ hierarchy: CgroupHierarchy) -> CgroupHierarchy? {
        var candidate = hierarchy
        let suffix = "/" + leaf
        if candidate.own.hasSuffix(suffix) { candidate.own.removeLast(suffix.count) }
        return at(candidate.own, candidate) ?? (candidate.own == candidate.top ? nil : at(candidate.top, candidate))
    }

    private static func at(_ folder: String, _ hierarchy: CgroupHierarchy) -> CgroupHierarchy? {
        guard HostFiles.isWritable(folder) else { return nil }
        let switches = folder + "/cgroup.subtree_control"
        if !HostFiles.write(hierarchy.handedDown, to: switches), !moveAside(in: folder, switches, hierarchy) {
            return nil
        }
        let given = HostFiles.text(switches).split { $0 == " " || $0 == "\n" }.map(String.init)
        var result = hierarchy
        result.own = folder
        result.controllers.formIntersection(given.compactMap(CgroupController.init))
        return result.controllers.isEmpty ? nil : result
    }

    /// Moves this process, and no other, into the leaf; and back, where that does not help.
    private static func moveAside(in folder: String, _ switches: String, _ hierarchy: CgroupHierarchy) -> Bool {
        let members = folder + "/cgroup.procs"
        let own = String(getpid())
        guard HostFiles.text(members).split(separator: "\n").contains(Substring(own)) else { return false }
        let aside = folder + "/" + leaf
        // SAFETY: a string that lives for the call; so below.
        _ = unsafe mkdir(aside, 0o755)
        if HostFiles.write(own, to: aside + "/cgroup.procs"), HostFiles.write(hierarchy.handedDown, to: switches) {
            return true
        }
        _ = HostFiles.write(own, to: members)
        _ = unsafe rmdir(aside)
        return false
    }
}
