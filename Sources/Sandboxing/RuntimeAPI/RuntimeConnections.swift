import NIOCore

/// How many connections one sandbox has at its door, where each may hold a whole answer: hoarding must cost the host a
/// bounded number of descriptors and bytes.
///
/// Lives on the event loop of the connections.
package final class RuntimeConnections {
    /// Connections of a sandbox, whatever they are for.
    package static let limit = 256
    /// Those that speak the Runtime API, of which a runtime needs one or two.
    package static let runtimeLimit = 16

    private var all = 0
    private var runtime = 0

    /// Has no connections.
    package init() {}

    /// Counts a connection until it is closed; false where there are too many with it.
    func opened(_ channel: any Channel) -> Bool {
        all += 1
        whenClosed(channel) { $0.all -= 1 }
        return all <= Self.limit
    }

    /// Counts it as one that speaks the Runtime API, if there may be one more.
    func isRuntime(_ channel: any Channel) -> Bool {
        guard runtime < Self.runtimeLimit else { return false }
        runtime += 1
        whenClosed(channel) { $0.runtime -= 1 }
        return true
    }

    private func whenClosed(_ channel: any Channel, _ body: @escaping @Sendable (RuntimeConnections) -> Void) {
        let bound = NIOLoopBound(self, eventLoop: channel.eventLoop)
        channel.closeFuture.whenComplete { _ in body(bound.value) }
    }
}
