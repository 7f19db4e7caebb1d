import NIOCore

/// A connection to the outside between two requests of the same function's connection.
///
/// It is never lent to another connection, let alone another function: no answer can end up with the wrong one.
struct KeptConnection {
    let connection: UpstreamConnection
    /// The address that was judged when it was made.
    let address: IPAddress?
    private let attempt: EgressAttempt
    private let limits: EgressLimits
    private let since = NIODeadline.now()

    init(_ connection: UpstreamConnection, _ call: EgressCall) {
        self.connection = connection
        address = call.address
        attempt = call.attempt
        limits = call.caller.policy.limits
    }

    /// Whether a call goes to the same place in the same way, and its rule permits the address too.
    func isGood(for call: EgressCall) -> Bool {
        guard connection.isIdle, !isOld, let address, call.rule.permits(address) else { return false }
        return attempt.caller == call.attempt.caller && attempt.host == call.attempt.host
            && attempt.port == call.attempt.port && attempt.way == call.attempt.way
    }

    /// Whether it has been idle or open for too long.
    var isOld: Bool {
        let now = NIODeadline.now()
        return now - since > min(limits.idleTime, .seconds(30)) || now - connection.made > limits.connectionTime
    }
}

/// Room for one kept connection.
struct KeptPlace {
    private var kept: KeptConnection?

    /// Keeps a connection for the next request to the same place.
    mutating func keep(_ connection: UpstreamConnection, for call: EgressCall) {
        drop()
        kept = KeptConnection(connection, call)
    }

    /// The kept connection, if it is good for a call; what is not is closed.
    mutating func take(for call: EgressCall) -> KeptConnection? {
        guard let kept else { return nil }
        self.kept = nil
        if kept.isGood(for: call) { return kept }
        kept.connection.close()
        return nil
    }

    /// Closes what was kept.
    mutating func drop() {
        kept?.connection.close()
        kept = nil
    }

    /// Closes what was kept for too long.
    mutating func dropIfOld() { if kept?.isOld == true { drop() } }
}
