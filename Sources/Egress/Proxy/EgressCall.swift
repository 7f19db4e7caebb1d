import Core
import NIOCore

/// One call on its way: counts what passes and has it charged, knows its limits, and is recorded once when it is over.
///
/// Lives on the event loop of its connections.
final class EgressCall {
    let surroundings: EgressSurroundings
    let caller: EgressCaller
    private let permission: Permission
    /// Who calls, with the rules that hold by now.
    private let callerNow: @Sendable () -> EgressCaller?
    private var judgedBy: EgressCaller
    /// Where its connection goes.
    var address: IPAddress?
    private(set) var isOver = false
    private var bytesOut: Int64 = 0
    private var bytesIn: Int64 = 0
    /// What had passed when the kernel took over.
    private var beforeKernel: (out: Int64, in: Int64) = (0, 0)
    private let started = Instant.now
    let begun: NIODeadline
    /// When bytes passed last, as far as the clock was looked at since; it is at every tick.
    private var lastPassed: NIODeadline
    private var hasPassed = false
    /// Goes on once the governor has decided.
    private var proceed: ((EgressRefusal?) -> Void)?
    /// Ends the call where it is just then.
    private var breaker: ((EgressRefusal) -> Void)?
    /// Goes on with what waits until enough is counted.
    private var resumption: (() -> Void)?
    /// What passes its bytes on by now, if that is the kernel.
    private let kernel = KernelHold()
    /// Where it lives, once it has asked the governor.
    private var loop: (any EventLoop)?
    /// Bytes that have left: those the governor has not been told of, and those it has not counted yet.
    private var untold = 0
    private var uncounted = 0

    /// Bytes after which the governor is told.
    static let step = 256 << 10
    /// Bytes that may have left without being counted; no more leave before.
    static let window = 1 << 20

    init(
        _ permission: Permission, _ callerNow: @escaping @Sendable () -> EgressCaller?, _ caller: EgressCaller,
        _ surroundings: EgressSurroundings, begun: NIODeadline = .now()
    ) {
        self.begun = begun
        self.permission = permission
        self.callerNow = callerNow
        judgedBy = caller
        self.surroundings = surroundings
        self.caller = caller
        lastPassed = begun
    }

    var attempt: EgressAttempt { permission.attempt }
    var rule: EgressRule { permission.rule }

    /// Asks the governor, who may call `breaker` until the call is over; `proceed` is told, unless it is over by then, why
    /// it refuses, if it does.
    func passGate(
        on loop: any EventLoop, _ breaker: @escaping (EgressRefusal) -> Void,
        then proceed: @escaping (EgressRefusal?) -> Void
    ) {
        self.loop = loop
        self.breaker = breaker
        self.proceed = proceed
        let bound = NIOLoopBound(self, eventLoop: loop)
        let cut = EgressCut { [kernel] reason in
            // The kernel would go on until the loop has its turn.
            kernel.splice?.cut()
            loop.execute { bound.value.cut(reason) }
        }
        surroundings.gate(attempt, cut) { decision in Self.run(on: loop) { bound.value.decided(decision) } }
    }

    private func decided(_ decision: EgressGate) {
        guard !isOver, let proceed else { return }
        self.proceed = nil
        if case .refuse(let reason) = decision { proceed(.gate(reason)) } else { proceed(nil) }
    }

    private static func run(on loop: any EventLoop, _ body: @escaping @Sendable () -> Void) {
        if loop.inEventLoop { body() } else { loop.execute(body) }
    }

    /// Whether so much has left uncounted that no more may before it is counted; `resumption` is called then.
    var isBehind: Bool { untold + uncounted > Self.window }

    /// Says what goes on when it is not behind any more.
    func resumes(by resumption: @escaping () -> Void) { self.resumption = resumption }

    /// Tells the governor what has left.
    private func charge() {
        guard untold > 0, let loop, !isOver else { return }
        let bytes = untold
        untold = 0
        uncounted += bytes
        let bound = NIOLoopBound(self, eventLoop: loop)
        surroundings.meter(attempt.number, bytes) { Self.run(on: loop) { bound.value.counted(bytes) } }
    }

    private func counted(_ bytes: Int) {
        let wasBehind = isBehind
        uncounted -= bytes
        kernel.splice?.counted(bytes)
        if wasBehind, !isBehind, !isOver { resumption?() }
    }

    /// Has something else end the call from now on.
    func isEnded(by breaker: @escaping (EgressRefusal) -> Void) { self.breaker = breaker }

    private func cut(_ reason: String) { if !isOver { breaker?(.cut(reason)) } }

    /// Counts bytes to the outside; the limit that they hit, if any.
    func sent(_ count: Int) -> EgressRefusal? {
        bytesOut += Int64(count)
        untold += count
        hasPassed = true
        if untold >= Self.step { charge() }
        return bytesOut <= caller.policy.limits.bytesOut ? nil : .limit(.bytesOut)
    }

    /// Counts bytes from the outside; the limit that they hit, if any.
    func received(_ count: Int) -> EgressRefusal? {
        bytesIn += Int64(count)
        hasPassed = true
        return bytesIn <= caller.policy.limits.bytesIn ? nil : .limit(.bytesIn)
    }

    /// What a splice in the kernel may do on the call's behalf; it tells the governor itself.
    func terms(_ ended: @escaping @Sendable (KernelSplice.Ending) -> Void) -> KernelSplice.Terms {
        let (meter, number) = (surroundings.meter, attempt.number)
        charge()
        beforeKernel = (bytesOut, bytesIn)
        return KernelSplice.Terms(
            bytesOut: caller.policy.limits.bytesOut - bytesOut, bytesIn: caller.policy.limits.bytesIn - bytesIn,
            uncounted: uncounted, charge: { meter(number, $0, $1) }, ended: ended)
    }

    /// The kernel goes on: it waits with the call for what is not counted yet.
    func goesOn(in splice: KernelSplice) { kernel.splice = splice }

    /// Counts what has passed in the kernel so far.
    func passed(_ bytes: (out: Int64, in: Int64)) {
        let last = (bytesOut, bytesIn)
        (bytesOut, bytesIn) = (beforeKernel.out + bytes.out, beforeKernel.in + bytes.in)
        if last != (bytesOut, bytesIn) { hasPassed = true }
    }

    /// Time passes: tells the governor what has left, and gives why the call may not go on, if so: its rules were taken
    /// away, or a limit of time was hit.
    ///
    /// `since` is when its connection was made.
    func tick(connectedSince since: NIODeadline?) -> EgressRefusal? {
        charge()
        // Where nobody knows by now what may be called, nothing may.
        guard let caller = callerNow() else { return .withdrawn }
        if caller.rules != judgedBy.rules {
            guard caller.stillPermits(permission, at: address) else { return .withdrawn }
            judgedBy = caller
        }
        let now = NIODeadline.now()
        if hasPassed { lastPassed = now }
        hasPassed = false
        if now - lastPassed > caller.policy.limits.idleTime { return .limit(.idleTime) }
        if now - (since ?? begun) > caller.policy.limits.connectionTime { return .limit(.connectionTime) }
        return nil
    }

    /// Records how it ended, the first time.
    func end(_ outcome: EgressOutcome) {
        guard !isOver else { return }
        isOver = true
        // They hold whatever the call was a part of.
        (proceed, breaker, resumption) = (nil, nil, nil)
        kernel.splice = nil
        surroundings.record(
            EgressRecord(
                attempt: attempt.number, caller: caller.name, way: attempt.way,
                host: attempt.host, port: attempt.port, method: attempt.method, rule: attempt.rule,
                address: address, bytesOut: bytesOut, bytesIn: bytesIn,
                started: started, duration: NIODeadline.now() - begun, outcome: outcome))
    }
}
