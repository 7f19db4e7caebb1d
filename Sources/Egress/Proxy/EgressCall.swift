import Core
import NIOCore

/// One call on its way: counts what passes, knows its limits, and is recorded once when it is over.
///
/// Lives on the event loop of its connections.
final class EgressCall {
    let surroundings: EgressSurroundings
    let caller: EgressCaller
    let attempt: EgressAttempt
    let rule: EgressRule
    private let permission: Permission
    /// Who calls, with the rules that hold by now.
    private let callerNow: @Sendable () -> EgressCaller?
    private var judgedBy: EgressCaller
    /// Where its connection goes.
    var address: IPAddress?
    private(set) var isOver = false
    private var bytesOut: Int64 = 0
    private var bytesIn: Int64 = 0
    private let started = Instant.now
    private let begun = NIODeadline.now()
    private var lastPassed: NIODeadline
    /// Ends the call where it is just then.
    private var breaker: ((EgressRefusal) -> Void)?

    init(
        _ permission: Permission, _ callerNow: @escaping @Sendable () -> EgressCaller?, _ caller: EgressCaller,
        _ surroundings: EgressSurroundings
    ) {
        self.permission = permission
        self.callerNow = callerNow
        judgedBy = caller
        self.surroundings = surroundings
        self.caller = caller
        attempt = permission.attempt
        rule = permission.rule
        lastPassed = begun
    }

    /// Asks the governor, who may call `breaker` until the call is over; why it refuses, if it does.
    func passGate(on loop: any EventLoop, _ breaker: @escaping (EgressRefusal) -> Void) -> EgressRefusal? {
        self.breaker = breaker
        let bound = NIOLoopBound(Weak(call: self), eventLoop: loop)
        let cut = EgressCut { reason in loop.execute { bound.value.call?.cut(reason) } }
        switch surroundings.gate(attempt, cut) {
        case .open: return nil
        case .refuse(let reason): return .gate(reason)
        }
    }

    /// Has something else end the call from now on.
    func isEnded(by breaker: @escaping (EgressRefusal) -> Void) { self.breaker = breaker }

    private func cut(_ reason: String) { if !isOver { breaker?(.cut(reason)) } }

    private struct Weak { weak var call: EgressCall? }

    /// Counts bytes to the outside; the limit that they hit, if any.
    func sent(_ count: Int) -> EgressRefusal? {
        bytesOut += Int64(count)
        lastPassed = .now()
        return bytesOut <= caller.policy.limits.bytesOut ? nil : .limit(.bytesOut)
    }

    /// Counts bytes from the outside; the limit that they hit, if any.
    func received(_ count: Int) -> EgressRefusal? {
        bytesIn += Int64(count)
        lastPassed = .now()
        return bytesIn <= caller.policy.limits.bytesIn ? nil : .limit(.bytesIn)
    }

    /// Why a connection may not go on by now, if so: its rules were taken away, or a limit of time was hit.
    ///
    /// `since` is when it was made.
    func overtime(connectedSince since: NIODeadline?) -> EgressRefusal? {
        if let caller = callerNow(), caller.rules != judgedBy.rules {
            guard caller.stillPermits(permission, at: address) else { return .withdrawn }
            judgedBy = caller
        }
        let now = NIODeadline.now()
        if now - lastPassed > caller.policy.limits.idleTime { return .limit(.idleTime) }
        if now - (since ?? begun) > caller.policy.limits.connectionTime { return .limit(.connectionTime) }
        return nil
    }

    /// Records how it ended, the first time.
    func end(_ outcome: EgressOutcome) {
        guard !isOver else { return }
        isOver = true
        surroundings.record(
            EgressRecord(
                attempt: attempt.number, caller: caller.name, way: attempt.way,
                target: "\(attempt.host.text):\(attempt.port)", method: attempt.method, rule: attempt.rule,
                address: address, bytesOut: bytesOut, bytesIn: bytesIn,
                started: started, duration: NIODeadline.now() - begun, outcome: outcome))
    }
}
