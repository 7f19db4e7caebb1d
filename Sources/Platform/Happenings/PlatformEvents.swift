import Core
import Logging
import Storage
import Synchronization

/// Puts what happens to the platform itself on the default bus, where rules find it like any other event.
///
/// What is durable goes into the commit of its cause: one operation, and none where no rule and no archive wants it.
/// Everything else is told from any thread without waiting, and put on the bus behind it. Nothing here fails a cause.
package final class PlatformEvents: Sendable {
    private struct State {
        var limits = HappeningLimits()
        var waiting: [Waiting] = []
        /// What found no room among those that wait.
        var dropped = 0
    }

    private struct Waiting {
        let happening: Happening
        let omitted: Int
    }

    /// Happenings that wait to be put on the bus.
    private static let waitingLimit = 1024
    private static let interval = Duration.seconds(1)
    private static let depthLimit = LineageBudget().depth

    private let state = Mutex(State())
    /// Known only once everything is made.
    private let buses = Mutex<EventBuses?>(nil)
    private let logger: Logger

    /// Tells nobody until there are buses.
    package init(logger: Logger) { self.logger = logger }

    /// Tells of everything from now on.
    package func attach(_ buses: EventBuses) { self.buses.withLock { $0 = buses } }

    /// What is to be written, in the commit of the cause, so that its event is on its way; nothing where nobody wants it.
    package func prepared(_ happening: Happening) async -> Deliveries.Prepared {
        guard isNews(happening), let admitted = admit(happening) else { return .nothing }
        return await prepared(admitted.happening, omitted: admitted.omitted)
    }

    /// Tells of something whose cause is not written, or was; never waits.
    package func tell(_ happening: Happening) {
        tell(happening.type, happening.subject, happening.pace, happening.descent) { happening }
    }

    /// The same for what comes often: it is made only where it is told.
    func tell(
        _ type: String, _ subject: String, _ pace: Happening.Pace?, _ descent: Descent, _ make: () -> Happening
    ) {
        guard !descent.isReport else { return }
        state.withLock { state in
            let admitted =
                pace.map { state.limits.admit(type, subject, $0, at: .now, make) } ?? (make(), 0)
            guard let admitted else { return }
            guard state.waiting.count < Self.waitingLimit else { return state.dropped += 1 }
            state.waiting.append(Waiting(happening: admitted.happening, omitted: admitted.omitted))
        }
    }

    /// A call found no room in the pool.
    package func tell(_ invocation: Invocation, _ throttle: Throttle) {
        let descent = invocation.call.descent
        tell(Happening.throttledType, invocation.invokedARN, .flood, descent) {
            .throttled(invocation.invokedARN, throttle, descent, invocation.trace)
        }
    }

    /// Puts on the bus what was told, until the task is cancelled.
    package func run() async {
        while !Task.isCancelled {
            await flush()
            do { try await Task.sleep(for: Self.interval) } catch { return }
        }
    }

    /// Puts on the bus what was told until now.
    package func flush() async {
        let (waiting, dropped) = state.withLock { state in
            let due = state.limits.due(at: .now).map { Waiting(happening: $0.happening, omitted: $0.omitted) }
            defer { (state.waiting, state.dropped) = ([], 0) }
            return (state.waiting + due, state.dropped)
        }
        if dropped > 0 {
            logger.warning("Events of the platform were left out.", metadata: ["count": "\(dropped)"])
        }
        guard let buses = buses.withLock({ $0 }) else { return }
        for one in waiting {
            let prepared = await prepared(one.happening, omitted: one.omitted)
            do {
                if !prepared.operations.isEmpty {
                    _ = try await buses.deliveries.store.commit(buses.deliveries.partition, prepared.operations)
                }
                prepared.committed()
            } catch {
                logger.warning(
                    "An event of the platform could not be put on the bus.",
                    metadata: ["event": "\(one.happening.type)", "reason": "\(error)"])
            }
        }
    }

    /// Whether something is reported.
    ///
    /// A failure that a report has caused is not: else reports would cause one another. All else stays in its lineage, whose
    /// depth ends it.
    private func isNews(_ happening: Happening) -> Bool {
        happening.isFailure ? !happening.descent.isReport : happening.descent.depth < Self.depthLimit
    }

    private func admit(_ happening: Happening) -> (happening: Happening, omitted: Int)? {
        guard let pace = happening.pace else { return (happening, 0) }
        return state.withLock { state in
            state.limits.admit(happening.type, happening.subject, pace, at: .now) { happening }
        }
    }

    private func prepared(_ happening: Happening, omitted: Int) async -> Deliveries.Prepared {
        guard let buses = buses.withLock({ $0 }) else { return .nothing }
        do { return try await buses.prepared(happening, omitted: omitted) } catch {
            logger.warning(
                "An event of the platform could not be made.",
                metadata: ["event": "\(happening.type)", "reason": "\(error)"])
            return .nothing
        }
    }
}

extension Deliveries.Prepared {
    /// Writes nothing.
    static let nothing = Deliveries.Prepared(operations: []) {}
}

extension EventBuses {
    /// What is to be written so that the event of a happening is on its way from the default bus: its deliveries wait
    /// there for a commit of their own, so that they never make the cause's larger or slower.
    nonisolated func prepared(_ happening: Happening, omitted: Int) async throws -> Deliveries.Prepared {
        var detail = happening.detail
        if omitted > 0 { detail["omitted"] = .number(JSONNumber(Int64(omitted))) }
        // What a used-up budget stops, or a loop, must still be heard of: a report begins a lineage of its own.
        let descent = happening.isFailure ? Descent(isReport: true) : happening.descent.next()
        var new = NewEvent(
            bus: .standard, source: happening.source, type: happening.type, detail: .object(detail),
            descent: descent, trace: happening.trace.child())
        new.resources = happening.resources
        let event = BusEvent(new, region: region, account: account, at: now)
        let planned: [FanOut.Delivery]
        do throws(NewEvent.Refusal) { planned = try plan(for: event) } catch { return .nothing }
        let fanOut = FanOut(event: event, deliveries: planned)
        guard !planned.isEmpty else {
            return Deliveries.Prepared(operations: []) { [self] in took(event, planned) }
        }
        let parcel = try fanOut.parcel(account: account, bus: arn(.standard))
        let prepared = try await deliveries.postponed(parcel, after: .zero)
        return Deliveries.Prepared(operations: prepared.operations) { [self] in
            prepared.committed()
            took(event, planned)
        }
    }
}
