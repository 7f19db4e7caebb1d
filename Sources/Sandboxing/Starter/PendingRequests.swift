import CSandbox
import Glibc
import Synchronization

/// The requests that wait for the starter's answer, and the ends of sandboxes that wait for a listener.
final class PendingRequests: Sendable {
    typealias Answer = Result<StarterReply, SandboxError>

    /// How each sandbox ended.
    let exits: AsyncStream<SandboxExit>
    /// The further doors of sandboxes.
    let doors: AsyncStream<SandboxDoor>

    private struct State {
        var waiting: [UInt32: CheckedContinuation<Answer, Never>] = [:]
        var last: UInt32 = 0
        var ended = false
        var awaitingEnd: [CheckedContinuation<Void, Never>] = []
    }

    private let state = Mutex(State())
    private let exitsInput: AsyncStream<SandboxExit>.Continuation
    private let doorsInput: AsyncStream<SandboxDoor>.Continuation

    init() {
        (doors, doorsInput) = AsyncStream.makeStream(of: SandboxDoor.self, bufferingPolicy: .unbounded)
        (exits, exitsInput) = AsyncStream.makeStream(of: SandboxExit.self, bufferingPolicy: .unbounded)
    }

    /// Sends what `send` makes of a request number, and waits for the answer to that number.
    func ask(
        _ send: @Sendable (UInt32) throws(SandboxError) -> Void
    ) async throws(SandboxError) -> StarterReply {
        let answer = await withCheckedContinuation { (continuation: CheckedContinuation<Answer, Never>) in
            guard let request = register(continuation) else {
                return continuation.resume(returning: .failure(.starterGone))
            }
            do throws(SandboxError) {
                try send(request)
            } catch {
                remove(request)?.resume(returning: .failure(error))
            }
        }
        return try answer.get()
    }

    /// Reads what the starter says until it ends; then nobody waits any more.
    ///
    /// For a thread of its own.
    func run(_ connection: StarterConnection, process: pid_t, groups: CgroupFolders) {
        while let message = connection.receive() { handle(message) }
        _ = waitpid(process, nil, 0)
        groups.remove()
        let (waiting, awaitingEnd) = state.withLock { state in
            state.ended = true
            defer { state.waiting = [:] }
            return (Array(state.waiting.values), state.awaitingEnd)
        }
        for continuation in waiting { continuation.resume(returning: .failure(.starterGone)) }
        exitsInput.finish()
        doorsInput.finish()
        for continuation in awaitingEnd { continuation.resume() }
    }

    /// Waits until the starter has ended.
    func ended() async {
        await withCheckedContinuation { continuation in
            let already = state.withLock { state in
                if !state.ended { state.awaitingEnd.append(continuation) }
                return state.ended
            }
            if already { continuation.resume() }
        }
    }

    /// Checks the answer to the first request, whose number is 0.
    func expectConfigured(_ message: StarterConnection.Received?) throws(SandboxError) {
        guard let message, let (_, answer) = Self.reply(message) else { throw .starterGone }
        _ = try answer.get()
    }

    private func register(_ continuation: CheckedContinuation<Answer, Never>) -> UInt32? {
        state.withLock { state in
            guard !state.ended else { return nil }
            repeat { state.last = state.last &+ 1 } while state.last == 0 || state.waiting[state.last] != nil
            state.waiting[state.last] = continuation
            return state.last
        }
    }

    private func remove(_ request: UInt32) -> CheckedContinuation<Answer, Never>? {
        state.withLock { $0.waiting.removeValue(forKey: request) }
    }

    private func handle(_ message: StarterConnection.Received) {
        if let (request, answer) = Self.reply(message) {
            remove(request)?.resume(returning: answer)
        } else if let exit = Self.exit(message) {
            exitsInput.yield(exit)
        } else if let door = SandboxDoor(message) {
            doorsInput.yield(door)
        }
    }

    /// Reads the answer to a request; `nil` where a message is none.
    static func reply(_ message: StarterConnection.Received) -> (UInt32, Answer)? {
        var reader = MessageReader(message.bytes[...])
        guard reader.number(UInt32.self) == SANDBOX_REPLY.rawValue, let request = reader.number(UInt32.self),
            reader.number(UInt64.self) != nil, let error = reader.number(Int32.self), let tried = reader.string(),
            let value = reader.number(UInt64.self)
        else { return nil }
        let reply = StarterReply(value: value, descriptors: message.descriptors)
        return (request, error == 0 ? .success(reply) : .failure(SandboxError(tried: tried, errno: error)))
    }

    /// Reads how a sandbox ended; `nil` where a message does not say.
    static func exit(_ message: StarterConnection.Received) -> SandboxExit? {
        var reader = MessageReader(message.bytes[...])
        guard reader.number(UInt32.self) == SANDBOX_EXIT.rawValue, reader.number(UInt32.self) != nil,
            let id = reader.number(UInt64.self), let how = reader.number(UInt32.self),
            let status = reader.number(Int32.self), let oom = reader.number(UInt32.self),
            let byUs = reader.number(UInt32.self), let peak = reader.number(UInt64.self),
            let error = reader.number(Int32.self), let tried = reader.string()
        else { return nil }
        let cause: SandboxExit.Cause =
            switch how {
            case SANDBOX_EXITED.rawValue: .exited(status)
            case SANDBOX_SIGNALLED.rawValue: .signalled(status)
            default: .lost
            }
        return SandboxExit(
            id: SandboxID(number: id), cause: cause, oomKilled: oom != 0, byUs: byUs != 0, memoryPeak: peak,
            failure: error == 0 ? nil : SandboxError(tried: tried, errno: error))
    }
}
