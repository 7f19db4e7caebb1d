/// A resource that a control group limits.
package enum CgroupController: String, CaseIterable, Hashable, Sendable {
    case memory, cpu, pids
}

/// One hierarchy of control groups, and the folder in it that is ours to make groups in.
package struct CgroupHierarchy: Equatable, Sendable {
    package enum Version: Int, Sendable {
        case v1 = 1
        case v2 = 2
    }

    package var version: Version
    /// The group in which groups are made, as a path of the file system: the one this process is in.
    package var own: String
    /// The first group of the hierarchy that can be seen here.
    package var top: String
    package var controllers: Set<CgroupController>

    package init(version: Version, own: String, top: String, controllers: Set<CgroupController>) {
        self.version = version
        self.own = own
        self.top = top
        self.controllers = controllers
    }

    /// What is written to hand the controllers down to groups below; nothing on version 1, where that goes by itself.
    var handedDown: String {
        guard version == .v2 else { return "" }
        return controllers.map { "+\($0.rawValue)" }.sorted().joined(separator: " ")
    }

    /// Where the kernel counts what it killed for want of memory.
    var oomFile: String {
        guard controllers.contains(.memory) else { return "" }
        return version == .v1 ? "memory.oom_control" : "memory.events"
    }

    /// Where the kernel keeps the most memory that was used.
    var peakFile: String {
        guard controllers.contains(.memory) else { return "" }
        return version == .v1 ? "memory.max_usage_in_bytes" : "memory.peak"
    }
}
