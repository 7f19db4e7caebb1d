/// One value that is written into a file of a sandbox's group.
package struct CgroupWrite: Equatable, Sendable {
    package var hierarchy: Int
    package var file: String
    package var value: String
    /// Whether the file may be missing, as swap accounting often is, or refuse the value for now.
    package var optional = false
}

/// What a sandbox may use, as the values to write.
///
/// Pure.
package struct CgroupLimits: Equatable, Sendable {
    /// The processes that make and hold a sandbox, which are not the function's.
    static let ownProcesses = 2
    /// The time in which a share of the processors is counted, in microseconds.
    static let period = 100_000

    /// When in the life of a sandbox limits are written.
    package enum Stage: Sendable {
        case parked, assigned
    }

    package var memoryBytes: Int?
    package var cpu: Double?
    package var pids: Int?

    package init(memoryBytes: Int? = nil, cpu: Double? = nil, pids: Int? = nil) {
        self.memoryBytes = memoryBytes
        self.cpu = cpu
        self.pids = pids
    }

    /// The writes, in the order in which the kernel accepts them.
    package func writes(for hierarchies: [CgroupHierarchy], _ stage: Stage) -> [CgroupWrite] {
        hierarchies.enumerated().flatMap { index, hierarchy in
            values(for: hierarchy, stage).map {
                CgroupWrite(hierarchy: index, file: $0.file, value: $0.value, optional: $0.optional)
            }
        }
    }

    private typealias Value = (file: String, value: String, optional: Bool)

    private func values(for hierarchy: CgroupHierarchy, _ stage: Stage) -> [Value] {
        var values: [Value] = []
        if let memoryBytes, hierarchy.controllers.contains(.memory) {
            values += memory(memoryBytes, hierarchy.version, stage)
        }
        if let cpu, hierarchy.controllers.contains(.cpu) { values.append(share(cpu, hierarchy.version)) }
        if let pids, hierarchy.controllers.contains(.pids) {
            values.append(("pids.max", String(pids + Self.ownProcesses), false))
        }
        return values
    }

    /// Nothing is swapped: what a function holds in memory stays off the disk.
    ///
    /// On version 1 the limit with swap must never be below the other, so it is set last, when the other is final.
    private func memory(_ bytes: Int, _ version: CgroupHierarchy.Version, _ stage: Stage) -> [Value] {
        switch (version, stage) {
        case (.v1, .parked): [("memory.swappiness", "0", true), ("memory.limit_in_bytes", String(bytes), false)]
        case (.v1, .assigned):
            [("memory.limit_in_bytes", String(bytes), false), ("memory.memsw.limit_in_bytes", String(bytes), true)]
        case (.v2, .parked): [("memory.swap.max", "0", true), ("memory.max", String(bytes), false)]
        case (.v2, .assigned): [("memory.max", String(bytes), false)]
        }
    }

    private func share(_ cores: Double, _ version: CgroupHierarchy.Version) -> Value {
        let quota = max(1000, Int(cores * Double(Self.period)))
        switch version {
        case .v1: return ("cpu.cfs_quota_us", String(quota), false)
        case .v2: return ("cpu.max", "\(quota) \(Self.period)", false)
        }
    }
}
