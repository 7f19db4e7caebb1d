import NIOCore
import Synchronization

/// What one policy's holder has in use just now; shared by all its sandboxes, and by nobody else's.
package final class EgressUsage: Sendable {
    private let state: Mutex<UsageState>

    /// Nothing is in use.
    package init() { state = Mutex(UsageState()) }

    /// Counts a call that begins; false where there were too many within a second.
    func begin(_ limits: EgressLimits, now: NIODeadline = .now()) -> Bool {
        state.withLock { $0.begin(limits.requestsPerSecond, now: now) }
    }

    /// Takes a connection to the outside; false where there are as many as there may be.
    func connect(_ limits: EgressLimits) -> Bool { state.withLock { $0.connect(limits.connections) } }

    /// Keeps a connection beyond the channel that it was made with.
    func stays() { state.withLock { $0.stays() } }

    /// Gives a connection back.
    func disconnected() { state.withLock { $0.disconnected() } }

    /// Connections to the outside that are open now.
    package var connections: Int { state.withLock { $0.connections } }
}

/// A bucket of calls that fills up with time, and a count of connections.
struct UsageState: Sendable {
    private(set) var connections = 0
    private var calls: Double?
    private var filled = NIODeadline.uptimeNanoseconds(0)

    /// Takes a call out of the bucket, which holds as many as a second may have.
    mutating func begin(_ perSecond: Int, now: NIODeadline) -> Bool {
        let elapsed = Double(max(0, (now - filled).nanoseconds)) / 1e9
        let available = min(Double(perSecond), calls.map { $0 + elapsed * Double(perSecond) } ?? Double(perSecond))
        filled = now
        calls = available >= 1 ? available - 1 : available
        return available >= 1
    }

    /// Takes a connection, if there is one left.
    mutating func connect(_ limit: Int) -> Bool {
        guard connections < limit else { return false }
        connections += 1
        return true
    }

    /// Counts a connection twice, until the channel that it was made with is gone.
    mutating func stays() { connections += 1 }

    /// Gives a connection back.
    mutating func disconnected() { connections = max(0, connections - 1) }
}
