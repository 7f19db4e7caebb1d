import Core
import NIOCore
import Synchronization

/// Puts calls of queues, topics and buses under the governor, which lives on an event loop that they do not begin on.
///
/// What no rule is about begins at once, and the governor is told of it afterwards, of many in one hop. Stops are known on
/// every thread; where there is a limit the governor is asked first, and waited for. Such calls count in the live table and
/// for rules, and against nobody's budget: what they cause does.
package final class CallGate: Sendable {
    /// What the governor is to be told, in order; no more than there are calls under way, and their ends.
    private enum Work {
        case begin(UInt64, GovernedCall, GovernorTime)
        case end(UInt64, CallEnd, GovernorTime)
        case refused(GovernedCall)
    }

    /// How a call may begin.
    private enum Way { case open(UInt64), ask, stopped(GovernorRule) }

    private struct State {
        var rules: [GovernorScope: GovernorRule] = [:]
        var work: [Work] = []
        var tickets: [UInt64: CallTicket] = [:]
        var last: UInt64 = 0
    }

    private let governor: Governor
    private let clock: @Sendable () -> GovernorTime
    private let state = Mutex(State())

    /// Asks a governor, whose clock it shares.
    package init(
        governor: Governor,
        clock: @escaping @Sendable () -> GovernorTime = {
            GovernorTime(nanoseconds: NIODeadline.now().uptimeNanoseconds)
        }
    ) {
        self.governor = governor
        self.clock = clock
    }

    /// Makes a call, unless a rule stands in its way: then it throws the `GovernorRefusal`.
    package func pass<Result: Sendable>(
        _ call: GovernedCall, _ body: () async throws -> Result
    ) async throws -> Result {
        let number = try await begin(call)
        do {
            let result = try await body()
            order(.end(number, CallEnd(.success), clock()))
            return result
        } catch {
            order(.end(number, CallEnd(.error), clock()))
            throw error
        }
    }

    /// Why a call may not begin now; limits do not stand in the way of what can wait, and are not looked at.
    package func stop(of call: GovernedCall) -> GovernorRefusal? {
        state.withLock { Self.rules(for: call, in: $0).first { $0.action == .stop } }.map { .stopped($0) }
    }

    /// Counts a call that took no time of its own: what somebody else's commit delivered.
    package func passed(_ call: GovernedCall) {
        let now = clock()
        let number = number()
        order(.begin(number, call, now))
        order(.end(number, CallEnd(.success), now))
    }

    /// A rule was given or lifted.
    package func ruled(_ scope: GovernorScope, _ rule: GovernorRule?) { state.withLock { $0.rules[scope] = rule } }

    private func begin(_ call: GovernedCall) async throws(GovernorRefusal) -> UInt64 {
        switch way(of: call) {
        case .open(let number): return number
        case .stopped(let rule):
            order(.refused(call))
            throw .stopped(rule)
        case .ask:
            let ticket = try await governor.admit(call)
            let number = number()
            state.withLock { $0.tickets[number] = ticket }
            return number
        }
    }

    private func way(of call: GovernedCall) -> Way {
        let now = clock()
        let (way, isFirst) = state.withLock { state -> (Way, Bool) in
            let rules = Self.rules(for: call, in: state)
            if let stop = rules.first(where: { $0.action == .stop }) { return (.stopped(stop), false) }
            guard rules.isEmpty else { return (.ask, false) }
            state.last += 1
            state.work.append(.begin(state.last, call, now))
            return (.open(state.last), state.work.count == 1)
        }
        if isFirst { governor.eventLoop.execute { self.work() } }
        return way
    }

    private static func rules(for call: GovernedCall, in state: State) -> [GovernorRule] {
        guard !state.rules.isEmpty else { return [] }
        let scopes: [GovernorScope] =
            [.everything, .kind(call.kind), .lineage(call.lineage)] + (call.target.map { [.target($0)] } ?? [])
        return scopes.compactMap { state.rules[$0] }
    }

    private func number() -> UInt64 {
        state.withLock { state in
            state.last += 1
            return state.last
        }
    }

    private func order(_ work: Work) {
        let isFirst = state.withLock { state in
            state.work.append(work)
            return state.work.count == 1
        }
        if isFirst { governor.eventLoop.execute { self.work() } }
    }

    /// Tells the governor, on its event loop.
    private func work() {
        var (ordered, tickets) = state.withLock { state in
            defer { (state.work, state.tickets) = ([], [:]) }
            return (state.work, state.tickets)
        }
        governor.assumeIsolated { governor in
            for work in ordered {
                switch work {
                // A rule that was given since does not end what has begun.
                case .begin(let number, let call, let time): tickets[number] = try? governor.admit(call, at: time)
                case .end(let number, let end, let time):
                    if let ticket = tickets.removeValue(forKey: number) { governor.ended(ticket, end, at: time) }
                case .refused(let call): governor.refused(call)
                }
            }
        }
        guard !tickets.isEmpty else { return }
        state.withLock { $0.tickets.merge(tickets) { known, _ in known } }
    }
}

extension GovernedCall {
    /// A call of a queue, a topic or a bus, whose name is its target behind its kind: `queue/orders`.
    package init(_ kind: CallKind, _ name: String?, descent: Descent) {
        self.init(kind: kind, function: nil, target: name.map { "\(kind)/\($0)" }, descent: descent)
    }

    /// What a delivery to a queue, a topic or a bus is for the governor; `nil` for what asks it by itself.
    init?(deliveryTo target: ARN, descent: Descent) {
        switch target.service {
        case "sqs": self.init(.queue, target.resource, descent: descent)
        // The endpoint of a subscription is called by the way out.
        case "sns" where !target.resource.contains(":"): self.init(.topic, target.resource, descent: descent)
        case "events" where target.resource.hasPrefix("event-bus/"):
            self.init(.bus, String(target.resource.dropFirst(10)), descent: descent)
        default: return nil
        }
    }
}
