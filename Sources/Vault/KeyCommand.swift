import Glibc

/// Asks a command, such as the client of a key service, for the root key.
enum KeyCommand {
    static let timeoutSeconds = 60

    /// What the command prints on its standard output, if it ends with status 0 in time.
    static func output(of command: String) throws(KeySourceError) -> [UInt8] {
        var ends: [Int32] = [-1, -1]
        // SAFETY: the array has room for the two descriptors.
        guard unsafe pipe(&ends) == 0 else { throw .system(operation: "pipe", errno: errno) }
        defer { close(ends[0]) }
        _ = fcntl(ends[0], F_SETFD, FD_CLOEXEC)
        _ = fcntl(ends[1], F_SETFD, FD_CLOEXEC)
        let started: Result<pid_t, KeySourceError> = Result { () throws(KeySourceError) in
            try start(command, output: ends[1])
        }
        close(ends[1])
        let process = try started.get()
        let text: [UInt8]
        do {
            text = try collect(from: ends[0])
        } catch {
            kill(process, SIGKILL)
            _ = wait(for: process)
            throw error
        }
        let status = wait(for: process)
        guard status == 0 else { throw .commandFailed(status: status) }
        return text
    }

    private static func start(_ command: String, output: Int32) throws(KeySourceError) -> pid_t {
        // SAFETY: filled by the call below.
        var actions = unsafe posix_spawn_file_actions_t()
        // SAFETY: initialised here, destroyed below, used by this thread only.
        unsafe posix_spawn_file_actions_init(&actions)
        defer {
            // SAFETY: initialised above.
            unsafe posix_spawn_file_actions_destroy(&actions)
        }
        // SAFETY: initialised above.
        unsafe posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO)
        // SAFETY: the C strings are freed below, after the call that reads them.
        let arguments = unsafe [strdup("/bin/sh"), strdup("-c"), strdup(command), nil]
        defer {
            // SAFETY: each was allocated by strdup.
            unsafe arguments.forEach { unsafe free($0) }
        }
        var process: pid_t = 0
        // SAFETY: every argument lives until the call has returned, and the lists end with nil.
        let failure = unsafe posix_spawn(&process, "/bin/sh", &actions, nil, arguments, environ)
        guard failure == 0 else { throw .system(operation: "posix_spawn", errno: failure) }
        return process
    }

    private static func collect(from descriptor: Int32) throws(KeySourceError) -> [UInt8] {
        let deadline = ContinuousClock.now + .seconds(timeoutSeconds)
        var text: [UInt8] = []
        repeat {
            let left = deadline - ContinuousClock.now
            var poller = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            // SAFETY: one entry, which outlives the call.
            let ready = unsafe poll(&poller, 1, Int32(max(0, left.components.seconds * 1000 + 1)))
            guard ready > 0 || errno == EINTR && left > .zero else {
                text.wipe()
                throw .commandTimedOut(seconds: timeoutSeconds)
            }
            if ready < 0 { continue }
        } while try KeyDescriptor.readSome(descriptor, into: &text)
        return text
    }

    /// The exit status, or 128 plus the signal, as a shell counts.
    private static func wait(for process: pid_t) -> Int32 {
        var status: Int32 = 0
        // SAFETY: the status outlives the call.
        while unsafe waitpid(process, &status, 0) < 0 && errno == EINTR {}
        let signal = status & 0x7f
        return signal == 0 ? (status >> 8) & 0xff : 128 + signal
    }
}
