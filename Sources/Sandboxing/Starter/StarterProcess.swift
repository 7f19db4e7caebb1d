import CSandbox
import Glibc
import Synchronization

/// The process that a starter is, just started, and the server's end of its socket.
struct StarterProcess: ~Copyable {
    let id: pid_t
    let socket: OwnedDescriptor

    private static let number = Atomic<Int>(0)

    /// Numbers the starters of this process, so that their groups differ.
    static func nextNumber() -> Int {
        number.add(1, ordering: .relaxed).newValue
    }

    /// Runs the program with one end of a new socket.
    static func start(_ program: String) throws(SandboxError) -> StarterProcess {
        var ends: [CInt] = [-1, -1]
        // SAFETY: room for the two descriptors that the call writes.
        guard unsafe sandbox_socket_pair(&ends) == 0 else { throw .host(tried: "socketpair", errno: errno) }
        let ours = OwnedDescriptor(taking: ends[0])
        let theirs = OwnedDescriptor(taking: ends[1])
        var room: CInt = 4 << 20
        // SAFETY: a number that lives for the call. Less room is enough as well.
        _ = unsafe setsockopt(ours.borrowed, SOL_SOCKET, SO_SNDBUFFORCE, &room, socklen_t(MemoryLayout<CInt>.size))
        // SAFETY: a string that lives for the call.
        let id = unsafe sandbox_spawn_starter(program, theirs.borrowed)
        guard id > 0 else { throw .host(tried: "start \(program)", errno: errno) }
        return StarterProcess(id: id, socket: ours)
    }

    /// Gives the socket away.
    consuming func takeSocket() -> OwnedDescriptor { socket }
}
