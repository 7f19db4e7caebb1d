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

/// Puts calls to the outside under the governor: stops are known at once on every thread, limits and budgets are judged on
/// the governor's own event loop, which ends a call that it does not let in.
package final class OutboundGate: Sendable {
    /// Who works on what in a sandbox; asked on the governor's event loop.
    package typealias Causes = @Sendable (SandboxID) -> Cause?

    private enum Admission {
        case asked
        case admitted(CallTicket)
        /// It was over before the governor had been asked.
        case over(CallEnd)
    }

    private struct Open {
        let call: GovernedCall
        let cut: EgressCut
        var admission = Admission.asked
    }

    private struct State {
        var stops: [GovernorScope: GovernorRule] = [:]
        var open: [UInt64: Open] = [:]
    }

    private let account: AccountID
    private let governor: Governor
    private let state = Mutex(State())

    /// Asks a governor.
    package init(account: AccountID, governor: Governor) {
        self.account = account
        self.governor = governor
    }

    /// Lets a call pass that the rules of the way out allow, or says why not.
    package func pass(_ attempt: EgressAttempt, _ cut: EgressCut, _ causes: @escaping Causes) -> EgressGate {
        guard let origin = attempt.context as? OutboundOrigin else { return .refuse("nobody knows who calls") }
        let call = GovernedCall(
            outbound: attempt.host.text, by: FunctionKey(account: account, name: origin.function),
            cause: Cause(descent: Descent(), trace: TraceContext()))
        let stop = state.withLock { state -> GovernorRule? in
            let stop = state.stops.first { $0.key.contains(call) }?.value
            if stop == nil { state.open[attempt.number] = Open(call: call, cut: cut) }
            return stop
        }
        if let stop { return .refuse(GovernorRefusal.stopped(stop).message) }
        governor.eventLoop.execute { self.ask(attempt.number, causes(origin.sandbox), call) }
        return .open
    }

    /// A call has ended.
    package func ended(_ record: EgressRecord) {
        guard let number = record.attempt else { return }
        let end = CallEnd(
            record.outcome.governed, bytes: Int(record.bytesIn), egressBytes: Int(clamping: record.bytesOut))
        let ticket = state.withLock { state -> CallTicket? in
            guard let open = state.open[number] else { return nil }
            if case .admitted(let ticket) = open.admission {
                state.open[number] = nil
                return ticket
            }
            state.open[number]?.admission = .over(end)
            return nil
        }
        guard let ticket else { return }
        governor.eventLoop.execute { self.governor.assumeIsolated { $0.ended(ticket, end) } }
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

    /// Asks the governor, on its event loop.
    private func ask(_ number: UInt64, _ cause: Cause?, _ call: GovernedCall) {
        var call = call
        if let cause, let function = call.function, let target = call.target {
            call = GovernedCall(outbound: target, by: function, cause: cause)
        }
        let asked = call
        let admission = governor.assumeIsolated { governor in
            Result { () throws(GovernorRefusal) in try governor.admit(asked) }
        }
        switch admission {
        case .failure(let refusal):
            let cut = state.withLock { $0.open.removeValue(forKey: number)?.cut }
            cut?(refusal.message)
        case .success(let ticket):
            let over = state.withLock { state -> CallEnd? in
                guard let open = state.open[number] else { return CallEnd(.error) }
                if case .over(let end) = open.admission {
                    state.open[number] = nil
                    return end
                }
                state.open[number] = Open(call: asked, cut: open.cut, admission: .admitted(ticket))
                return nil
            }
            if let over { governor.assumeIsolated { $0.ended(ticket, over) } }
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
