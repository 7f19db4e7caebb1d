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
    /// The group this process is in, as a path of the file system.
    package var own: String
    package var controllers: Set<CgroupController>

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
