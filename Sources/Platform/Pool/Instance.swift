import Core
import Egress
import NIOCore
import Sandboxing
import Synchronization

/// One sandbox, from the moment it is parked to its end: first for anyone, then for one version of one function.
///
/// Lives on the pool's event loop; nothing else touches it.
final class Instance {
    /// The call that is running; shared, because it is large and looked at often.
    final class Running {
        let invocation: Invocation
        let reply: Pool.Reply
        let started: NIODeadline
        let deadline: NIODeadline
        /// The line that says that the call starts, until it is written.
        var startLine: String?
        var tail: LogTail?

        init(_ call: Pool.Pending, started: NIODeadline, deadline: NIODeadline, startLine: String?, before: LogTail?) {
            invocation = call.invocation
            reply = call.reply
            self.started = started
            self.deadline = deadline
            self.startLine = startLine
            tail = call.invocation.wantsLogTail ? before ?? LogTail() : nil
        }
    }

    /// Looks at the running call when it may have taken too long.
    ///
    /// One serves call after call: one that is due when a later call runs is set anew, so that most calls set none.
    struct Alarm {
        let due: NIODeadline
        let timer: Scheduled<Void>
    }

    /// A port that leads to a service.
    enum ServiceDoor {
        /// The sandbox has been told to make it.
        case asked
        case open(any Channel)

        func close() { if case .open(let door) = self { door.close(promise: nil) } }
    }

    /// What an instance is for, once it is assigned.
    struct Service {
        let number: Int
        let version: FunctionVersion
        let stream: LogStreamID
        let assigned: NIODeadline
        var initDuration: Duration?
        /// Whether the runtime has asked for its first event.
        var isInitialized = false
        /// Whether the runtime waits for an event now.
        var isWaiting = false
        /// Whether the call that waited for it has been told that it could not start.
        var hasFailed = false
        /// Why it could not start, in its own words.
        var initError: FunctionFault?
        /// Why the platform ended it.
        var fault: FunctionFault?
        /// Whether the line that it starts is still to be written.
        var isUnannounced = true
        /// What it said before its first call, which is a part of that call's log.
        var initTail: LogTail? = LogTail()
        var initTimeout: Scheduled<Void>?
        /// Whether it starts within the time of the call that waits for it, because a first start took too long.
        let isWithinCall: Bool
        /// Whether its start took too long, so that another sandbox takes its place.
        var hasOverrun = false
        /// When the call began that this start is a part of.
        var callBegan: NIODeadline?
    }

    let id: SandboxID
    /// Which function is in the sandbox, for those who ask from other threads.
    let tenant = Tenant()
    private let memoryPeak: MemoryPeak?
    var service: Service?
    var running: Running?
    var alarm: Alarm?
    /// Its connections to its door.
    let connections = RuntimeConnections()
    /// Connections that have asked for the next event, oldest first.
    var pollers: [RuntimeConnection] = []
    var doors: [any Channel] = []
    /// Its way out, once its doors are open.
    var wayOut: EgressProxy?
    /// The ports of its loopback that lead to services.
    var services: [Port: ServiceDoor] = [:]
    var logs: LogPipe?
    var lines = LineSplitter()
    private var peak = 0
    private var peakRead = NIODeadline.uptimeNanoseconds(0)

    init(id: SandboxID, memoryPeak: MemoryPeak?) {
        self.id = id
        self.memoryPeak = memoryPeak
    }

    /// What causes the requests that it makes at its door: the call that it works on or else worked on last, and before
    /// the first one the call for which it was started.
    ///
    /// What a function goes on doing after its answer, or does before its first event, is no new beginning: else a
    /// recursion over it would never end.
    var cause: Cause?

    /// The most memory it ever used, in MB, read at most ten times a second.
    func peakMemory(now: NIODeadline) -> Int {
        if peak == 0 || now - peakRead > .milliseconds(100) {
            peakRead = now
            peak = memoryPeak?.read().map { ($0 + (1 << 20) - 1) >> 20 } ?? peak
        }
        return min(peak, service?.version.configuration.memory.megabytes ?? peak)
    }

    /// Keeps the most memory it ever used, in bytes, as it was when the group that counted it was removed.
    func sawPeak(_ bytes: UInt64) { peak = max(peak, Int((bytes + (1 << 20) - 1) >> 20)) }

    /// Closes the host's ends of all that leads into the sandbox.
    func close() {
        alarm?.timer.cancel()
        for door in doors { door.close(promise: nil) }
        for service in services.values { service.close() }
        services = [:]
        for poller in pollers { poller.close() }
        logs?.close()
        // The pipe delivers to this instance: let go of it, or neither would ever go away.
        logs = nil
        doors = []
        pollers = []
    }
}

/// The function that a sandbox serves, once it serves one; for any thread.
final class Tenant: Sendable {
    private let state = Mutex<FunctionName?>(nil)

    /// The function's name; `nil` while the sandbox is parked.
    var name: FunctionName? {
        get { state.withLock { $0 } }
        set { state.withLock { $0 = newValue } }
    }
}

/// The last bytes of a call's log.
struct LogTail {
    /// Bytes that `X-Amz-Log-Result` shows.
    static let limit = 4096

    private(set) var bytes: [UInt8] = []

    mutating func append(_ line: some StringProtocol) {
        bytes.append(contentsOf: line.utf8)
        if bytes.count > Self.limit * 4 { bytes.removeFirst(bytes.count - Self.limit) }
    }

    var last: [UInt8] { Array(bytes.suffix(Self.limit)) }
}
