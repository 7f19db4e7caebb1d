import Core
import Egress
import NIOCore
import Sandboxing
import Synchronization

/// From where a call to the outside comes.
struct OutboundOrigin: Sendable {
    let function: FunctionName
    let sandbox: SandboxID
}

/// Puts calls to the outside under the governor, which lives on an event loop of its own: before a byte of a call leaves
/// it has been let in there, and what leaves is charged while it goes on.
///
/// What many calls ask for at a time goes over in one hop. Stops are known on every thread, and need none.
package final class OutboundGate: Sendable {
    /// Who works on what in a sandbox; asked on the governor's event loop.
    package typealias Causes = @Sendable (SandboxID) -> Cause?
    /// Takes what the governor says of a call.
    package typealias Decide = @Sendable (EgressGate) -> Void

    /// A call from when it asks to its end.
    private struct Open {
        var call: GovernedCall
        let cut: EgressCut
        /// Once it was let in.
        var ticket: CallTicket?
        /// Bytes of it that the governor knows of already.
        var charged = 0
    }

    /// What is to be done on the governor's event loop, in order.
    private enum Work {
        case admit(UInt64, GovernedCall, SandboxID?, Causes, Decide)
        case charge(GovernedCall, Int, EgressCut, @Sendable () -> Void)
        case end(CallTicket, CallEnd)
    }

    private struct State {
        var stops: [GovernorScope: GovernorRule] = [:]
        var open: [UInt64: Open] = [:]
        var work: [Work] = []
    }

    private let account: AccountID
    private let governor: Governor
    private let state = Mutex(State())

    /// Asks a governor.
    package init(account: AccountID, governor: Governor) {
        self.account = account
        self.governor = governor
    }

    /// Asks whether a call may begin that the rules of the way out allow; `decide` is called once, on any thread.
    package func pass(
        _ attempt: EgressAttempt, _ cut: EgressCut, _ causes: @escaping Causes, _ decide: @escaping Decide
    ) {
        let call: GovernedCall
        let sandbox: SandboxID?
        switch attempt.context {
        case let origin as OutboundOrigin:
            call = GovernedCall(
                outbound: attempt.host.text, by: FunctionKey(account: account, name: origin.function),
                cause: Cause(descent: Descent(), trace: TraceContext()))
            sandbox = origin.sandbox
        case let origin as HostOrigin:
            call = GovernedCall(kind: .outbound, function: nil, target: attempt.host.text, descent: origin.descent)
            sandbox = nil
        default: return decide(.refuse("nobody knows who calls"))
        }
        let stop = state.withLock { state -> GovernorRule? in
            if let stop = state.stops.first(where: { $0.key.contains(call) })?.value { return stop }
            state.open[attempt.number] = Open(call: call, cut: cut)
            return nil
        }
        if let stop { return decide(.refuse(GovernorRefusal.stopped(stop).message)) }
        order(.admit(attempt.number, call, sandbox, causes, decide))
    }

    /// Bytes of a call have left; `counted` is called, on any thread, when the governor knows.
    package func charge(_ number: UInt64, _ bytes: Int, _ counted: @escaping @Sendable () -> Void) {
        let open = state.withLock { state -> Open? in
            state.open[number]?.charged += bytes
            return state.open[number]
        }
        guard let open else { return counted() }
        order(.charge(open.call, bytes, open.cut, counted))
    }

    /// A call has ended.
    package func ended(_ record: EgressRecord) {
        // One that was not let in was not counted, and what it asked for is not asked any more.
        guard let number = record.attempt, let open = state.withLock({ $0.open.removeValue(forKey: number) }),
            let ticket = open.ticket
        else { return }
        let rest = Int(clamping: record.bytesOut) - open.charged
        order(.end(ticket, CallEnd(record.outcome.governed, bytes: Int(record.bytesIn), egressBytes: max(0, rest))))
    }

    /// A rule was given or lifted: calls that are under way end where they are stopped.
    package func ruled(_ scope: GovernorScope, _ rule: GovernorRule?) {
        let cuts = state.withLock { state -> [EgressCut] in
            state.stops[scope] = rule.flatMap { $0.action == .stop ? $0 : nil }
            guard state.stops[scope] != nil else { return [] }
            return state.open.values.filter { scope.contains($0.call) }.map(\.cut)
        }
        guard let rule else { return }
        for cut in cuts { cut(GovernorRefusal.stopped(rule).message) }
    }

    private func order(_ work: Work) {
        let isFirst = state.withLock { state in
            state.work.append(work)
            return state.work.count == 1
        }
        if isFirst { governor.eventLoop.execute { self.work() } }
    }

    /// Does what was ordered, on the governor's event loop.
    private func work() {
        let ordered = state.withLock { state in
            defer { state.work = [] }
            return state.work
        }
        governor.assumeIsolated { governor in
            for work in ordered {
                switch work {
                case .admit(let number, let call, let sandbox, let causes, let decide):
                    admit(number, call, sandbox.flatMap(causes), governor, decide)
                case .charge(let call, let bytes, let cut, let counted):
                    if let refusal = governor.charge(call, egressBytes: bytes) { cut(refusal.message) }
                    counted()
                case .end(let ticket, let end): governor.ended(ticket, end)
                }
            }
        }
    }

    private func admit(
        _ number: UInt64, _ asked: GovernedCall, _ cause: Cause?, _ governor: isolated Governor, _ decide: Decide
    ) {
        guard state.withLock({ $0.open[number] != nil }) else { return }
        var call = asked
        if let cause, let function = call.function, let target = call.target {
            call = GovernedCall(outbound: target, by: function, cause: cause)
        }
        do throws(GovernorRefusal) {
            let ticket = try governor.admit(call)
            let isThere = state.withLock { state in
                state.open[number]?.call = call
                state.open[number]?.ticket = ticket
                return state.open[number] != nil
            }
            guard isThere else { return governor.ended(ticket, CallEnd(.throttled)) }
            decide(.open)
        } catch {
            state.withLock { $0.open[number] = nil }
            decide(.refuse(error.message))
        }
    }
}

extension EgressOutcome {
    /// What the governor counts.
    fileprivate var governed: CallEnd.Outcome {
        switch self {
        case .answered(let status): status < 500 ? .success : .error
        case .passed, .abandoned: .success
        case .refused(.gate), .refused(.limit), .broken(.cut): .throttled
        case .refused, .broken: .error
        }
    }
}
