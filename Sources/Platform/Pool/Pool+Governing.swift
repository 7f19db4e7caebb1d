import Core
import NIOCore

/// Every call asks the governor first; what operators stop is refused while it waits, and ended where they say so.
extension Pool {
    /// Runs a call, or says at once why not.
    ///
    /// The reply comes exactly once, on the event loop.
    package func invoke(_ invocation: Invocation, reply: @escaping Reply) {
        let call = invocation.call
        let admission = governor.assumeIsolated { governor in
            Result { () throws(GovernorRefusal) in try governor.admit(call) }
        }
        switch admission {
        case .failure(let refusal): refuse(invocation, .refused(refusal), reply)
        case .success(let ticket):
            let sent = invocation.payload.readableBytes
            let megabytes = invocation.version.configuration.memory.megabytes
            place(invocation) { [governor] result in
                let (outcome, received) = result.outcome.governed
                // First, so that who gets the answer and calls again finds the room that this call has left.
                governor.assumeIsolated {
                    $0.ended(ticket, CallEnd(outcome, bytes: sent + received, megabytes: megabytes))
                }
                reply(result)
            }
        }
    }

    /// Why a call could not begin now; nothing is counted.
    package func obstacle(to invocation: Invocation) -> InvocationResult.Outcome? {
        if let refusal = governor.assumeIsolated({ $0.obstacle(to: invocation.call) }) { return .refused(refusal) }
        return state.obstacle(to: invocation.need).map { .throttled($0) }
    }

    /// A rule was given: what waits for a scope that is stopped is refused, and what runs ends if that was ordered.
    package func ruled(_ scope: GovernorScope, _ rule: GovernorRule?, endingCalls: Bool) {
        guard let rule, rule.action == .stop else { return }
        for call in takePending(where: { scope.contains($0.call) }) {
            refuse(call.invocation, .refused(.stopped(rule)), call.reply)
        }
        guard endingCalls else { return }
        for instance in instances.values {
            guard let running = instance.running, scope.contains(running.invocation.call),
                let number = instance.service?.number
            else { continue }
            let fault = FunctionFault.stopped(scope: rule.scope, by: rule.setBy, reason: rule.reason)
            log("\(Instant.now.iso8601) \(running.invocation.id) \(fault.reason)\n", of: instance)
            finish(instance, .functionError(fault.payload(requestID: running.invocation.id)), fault)
            stop(number)
        }
    }
}

extension InvocationResult.Outcome {
    /// What the governor counts: how a call ended, and the bytes of its answer.
    fileprivate var governed: (CallEnd.Outcome, bytes: Int) {
        switch self {
        case .success(let answer): (.success, answer.readableBytes)
        case .functionError(let answer): (.error, answer.readableBytes)
        case .throttled, .refused: (.throttled, 0)
        case .unavailable: (.error, 0)
        }
    }
}
