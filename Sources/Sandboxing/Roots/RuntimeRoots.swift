import Synchronization

/// The runtime roots that the starter has: one per program, made when it is first needed.
final class RuntimeRoots: Sendable {
    /// A root, and what is run in the sandboxes made of it.
    struct Made: Sendable {
        var id: UInt32
        var arguments: [String]
    }

    private struct State {
        var made: [RuntimeProgram: Made] = [:]
        var last: UInt32 = 0
    }

    private let state = Mutex(State())

    /// The root for a program.
    ///
    /// The first to ask makes it; others that ask meanwhile follow in the starter's order.
    func root(
        for program: RuntimeProgram,
        make: (UInt32, [RootEntry]) async throws(SandboxError) -> Void
    ) async throws(SandboxError) -> Made {
        if let made = state.withLock({ $0.made[program] }) { return made }
        let root = RuntimeRoot(program: program)
        let entries = try root.entries()
        let (made, mine) = state.withLock { state in
            if let made = state.made[program] { return (made, false) }
            state.last += 1
            let made = Made(id: state.last, arguments: root.arguments)
            state.made[program] = made
            return (made, true)
        }
        guard mine else { return made }
        do throws(SandboxError) {
            try await make(made.id, entries)
        } catch {
            state.withLock { _ = $0.made.removeValue(forKey: program) }
            throw error
        }
        return made
    }
}
