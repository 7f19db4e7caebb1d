/// Which control groups this process is in, read from the kernel's own texts.
///
/// Pure. Version 2 is taken where it has the controllers; on a machine with both, the version 1 hierarchies that have
/// them; and where neither is usable, nothing, and only the limits of each process remain.
package struct CgroupMap: Equatable, Sendable {
    package var hierarchies: [CgroupHierarchy]

    /// Reads `/proc/self/cgroup` and `/proc/self/mountinfo`; `available` gives the controllers of a version 2 group.
    package init(groups: String, mounts: String, available: (String) -> [String]) {
        let paths = Self.paths(groups)
        var found: [CgroupHierarchy] = []
        var covered: Set<CgroupController> = []
        for mount in mounts.split(separator: "\n").compactMap(Mount.init) {
            guard let hierarchy = Self.hierarchy(of: mount, paths: paths, available: available) else { continue }
            let fresh = hierarchy.controllers.subtracting(covered)
            guard !fresh.isEmpty else { continue }
            covered.formUnion(fresh)
            found.append(
                CgroupHierarchy(
                    version: hierarchy.version, own: hierarchy.own, top: hierarchy.top, controllers: fresh))
        }
        hierarchies = found
    }

    /// The controllers of one mount, where it is one of control groups that limits something of ours.
    private static func hierarchy(
        of mount: Mount, paths: [String: String], available: (String) -> [String]
    ) -> CgroupHierarchy? {
        if mount.type == "cgroup2", let path = paths[""] {
            let own = mount.place(path)
            let controllers = Set(available(own).compactMap(CgroupController.init))
            return CgroupHierarchy(version: .v2, own: own, top: mount.point, controllers: controllers)
        }
        guard mount.type == "cgroup" else { return nil }
        let controllers = Set(mount.options.compactMap(CgroupController.init))
        guard let first = controllers.first, let path = paths[first.rawValue] else { return nil }
        return CgroupHierarchy(version: .v1, own: mount.place(path), top: mount.point, controllers: controllers)
    }

    /// Controller → path in its hierarchy; the empty name is version 2's.
    private static func paths(_ groups: String) -> [String: String] {
        var paths: [String: String] = [:]
        for line in groups.split(separator: "\n") {
            let parts = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
            guard parts.count == 3 else { continue }
            for name in parts[1].split(separator: ",", omittingEmptySubsequences: false) {
                paths[String(name)] = String(parts[2])
            }
        }
        return paths
    }

    /// A line of `mountinfo`, as far as it says where a hierarchy lies.
    private struct Mount {
        var root: String
        var point: String
        var type: String
        var options: [String]

        init?(_ line: Substring) {
            let fields = line.split(separator: " ").map(String.init)
            guard let dash = fields.firstIndex(of: "-"), dash > 5, fields.count > dash + 3 else { return nil }
            root = fields[3]
            point = fields[4]
            type = fields[dash + 1]
            options = fields[dash + 3].split(separator: ",").map(String.init)
        }

        /// Where a group lies in the file system, when only a part of the hierarchy may be mounted.
        func place(_ path: String) -> String {
            let inner = root != "/" && path.hasPrefix(root) ? String(path.dropFirst(root.count)) : path
            return inner == "/" || inner.isEmpty ? point : point + (inner.hasPrefix("/") ? "" : "/") + inner
        }
    }
}
