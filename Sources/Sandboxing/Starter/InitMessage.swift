import CSandbox

/// What the first process of a sandbox is told, packed.
///
/// Pure.
enum InitMessage {
    /// What is needed to park: the filter, and what to run until a function comes.
    static func setup(filter: SyscallFilter, landlock: Bool, processes: Int, arguments: [String]) -> [UInt8] {
        var message = MessageWriter(kind: SANDBOX_SETUP.rawValue)
        message.append(UInt32(landlock ? 1 : 0))
        message.append(UInt64(processes))
        message.append(filter.program)
        message.append(arguments)
        return message.bytes
    }

    /// The ports of its loopback where the host is to listen.
    static func open(_ ports: [UInt16]) -> [UInt8] {
        var message = MessageWriter(kind: SANDBOX_OPEN.rawValue)
        message.append(UInt32(ports.count))
        for port in ports { message.append(UInt32(port)) }
        return message.bytes
    }

    /// What is needed to serve a function.
    ///
    /// `data` limits what each process holds, where no cgroup limits them all; 0 is no limit.
    static func start(_ assignment: Assignment, data: Int) -> [UInt8] {
        var message = MessageWriter(kind: SANDBOX_START.rawValue)
        message.append(UInt64(assignment.tmpBytes))
        message.append(UInt64(data))
        message.append(UInt32(assignment.freshProcess ? 1 : 0))
        message.append(assignment.environment.bytes)
        return message.bytes
    }
}
