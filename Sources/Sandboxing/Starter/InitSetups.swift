/// What every sandbox's first process is told: the same filter, and the limits that no cgroup holds here.
struct InitSetups: Sendable {
    /// What a process holds besides the function's own memory, where each process is limited by itself.
    private static let slack = 192 << 20

    let filter: SyscallFilter
    let landlock: Bool
    /// Whether processes are limited by each one's own count, for want of a cgroup.
    let limitsProcesses: Bool
    /// Whether memory is limited by each process's own data, for want of a cgroup.
    let limitsData: Bool

    /// What is needed to park.
    func setup(_ spec: SandboxSpec, arguments: [String]) -> [UInt8] {
        InitMessage.setup(
            filter: filter, landlock: landlock, processes: limitsProcesses ? spec.pids : 0, arguments: arguments)
    }

    /// What is needed to serve a function.
    func start(_ assignment: Assignment) -> [UInt8] {
        InitMessage.start(assignment, data: limitsData ? assignment.memoryBytes + Self.slack : 0)
    }
}
