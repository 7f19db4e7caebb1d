import Sandboxing
import Testing

/// Which control groups there are, and what is written to them; all of it without touching any.
struct CgroupTests {
    private static let v1Mounts = """
        25 20 0:22 / /sys/fs/cgroup ro,nosuid - tmpfs tmpfs ro,mode=755
        26 25 0:23 / /sys/fs/cgroup/memory rw,nosuid shared:9 - cgroup cgroup rw,memory
        27 25 0:24 / /sys/fs/cgroup/cpu,cpuacct rw,nosuid shared:10 - cgroup cgroup rw,cpu,cpuacct
        28 25 0:25 / /sys/fs/cgroup/pids rw,nosuid shared:11 - cgroup cgroup rw,pids
        29 25 0:26 / /sys/fs/cgroup/unified rw,nosuid shared:12 - cgroup2 cgroup2 rw,nsdelegate
        """

    @Test func `version 2 is one hierarchy with all that it offers`() {
        let map = CgroupMap(
            groups: "0::/system.slice/martlet.service\n",
            mounts:
                "30 24 0:26 / /sys/fs/cgroup rw,nosuid,nodev shared:4 - cgroup2 cgroup2 rw,nsdelegate,memory_recursiveprot",
            available: {
                $0 == "/sys/fs/cgroup/system.slice/martlet.service" ? ["cpuset", "cpu", "io", "memory", "pids"] : []
            })
        #expect(
            map.hierarchies == [
                CgroupHierarchy(
                    version: .v2, own: "/sys/fs/cgroup/system.slice/martlet.service", top: "/sys/fs/cgroup",
                    controllers: [.memory, .cpu, .pids])
            ])
    }

    @Test func `on a machine with both, the controllers are taken where they are`() {
        let map = CgroupMap(
            groups: "5:pids:/\n4:cpu,cpuacct:/user.slice\n3:memory:/user.slice/a b\n0::/user.slice\n",
            mounts: Self.v1Mounts, available: { _ in [] })
        #expect(
            map.hierarchies.map(\.own) == [
                "/sys/fs/cgroup/memory/user.slice/a b", "/sys/fs/cgroup/cpu,cpuacct/user.slice", "/sys/fs/cgroup/pids",
            ])
        #expect(map.hierarchies.map(\.controllers) == [[.memory], [.cpu], [.pids]])
        #expect(map.hierarchies.allSatisfy { $0.version == .v1 })
    }

    @Test func `a container that sees a part of the hierarchy finds itself in it`() {
        let map = CgroupMap(
            groups: "3:memory:/docker/abc\n",
            mounts: "26 25 0:23 /docker/abc /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory", available: { _ in [] })
        #expect(map.hierarchies.map(\.own) == ["/sys/fs/cgroup/memory"])
    }

    @Test(arguments: ["", "garbage", ":::\n::", "1 2 3 - cgroup", "0::/\n"])
    func `what is no such text gives no groups`(_ text: String) {
        #expect(CgroupMap(groups: text, mounts: text, available: { _ in ["memory"] }).hierarchies.isEmpty)
    }

    @Test func `limits are written in the order in which the kernel takes them`() {
        let limits = CgroupLimits(memoryBytes: 128 << 20, cpu: 0.25, pids: 100)
        let old = [
            CgroupHierarchy(version: .v1, own: "/m", top: "/m", controllers: [.memory]),
            CgroupHierarchy(version: .v1, own: "/c", top: "/c", controllers: [.cpu, .pids]),
        ]
        #expect(
            limits.writes(for: old, .parked).map { "\($0.hierarchy) \($0.file) \($0.value)" } == [
                "0 memory.swappiness 0", "0 memory.limit_in_bytes 134217728", "1 cpu.cfs_quota_us 25000",
                "1 pids.max 102",
            ])
        #expect(
            limits.writes(for: old, .assigned).map { "\($0.hierarchy) \($0.file) \($0.value)" } == [
                "0 memory.limit_in_bytes 134217728", "0 memory.memsw.limit_in_bytes 134217728",
                "1 cpu.cfs_quota_us 25000", "1 pids.max 102",
            ])
        let new = [CgroupHierarchy(version: .v2, own: "/u", top: "/u", controllers: [.memory, .cpu, .pids])]
        #expect(
            limits.writes(for: new, .parked).map { "\($0.file) \($0.value)" } == [
                "memory.swap.max 0", "memory.max 134217728", "cpu.max 25000 100000", "pids.max 102",
            ])
    }

    @Test func `what is not limited is not written, and no share is below what the kernel takes`() {
        let hierarchy = [CgroupHierarchy(version: .v2, own: "/u", top: "/u", controllers: [.cpu])]
        #expect(CgroupLimits(memoryBytes: 1, pids: 1).writes(for: hierarchy, .assigned).isEmpty)
        #expect(CgroupLimits(cpu: 0.000_1).writes(for: hierarchy, .assigned).map(\.value) == ["1000 100000"])
    }
}
