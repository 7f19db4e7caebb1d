import Core
import EventPattern
import Logging
import Storage
import Synchronization

extension EventBuses {
    /// Puts events on buses: what this returns for is durable, on its way to every target, and in every archive.
    ///
    /// One commit for all of them. An event that cannot be taken is refused by itself.
    package nonisolated func put(
        _ new: [NewEvent]
    ) async throws -> [Result<RequestID, NewEvent.Refusal>] {
        let now = now
        var events: [BusEvent] = []
        var results: [Result<RequestID, NewEvent.Refusal>] = []
        for event in new {
            let event = BusEvent(event, region: region, account: account, at: now)
            do throws(NewEvent.Refusal) {
                _ = try plan(for: event)
                events.append(event)
                results.append(.success(event.id))
            } catch { results.append(.failure(error)) }
        }
        try await send(events)
        return results
    }

    /// Sends events to what wants them, in one commit with what else is to be written.
    nonisolated func send(_ events: [BusEvent], with operations: [WriteOperation] = []) async throws {
        let outgoing = try await outgoing(events)
        let all = operations + outgoing.operations
        if !outgoing.parcels.isEmpty || !all.isEmpty { try await deliveries.send(outgoing.parcels, with: all) }
        for committed in outgoing.committed { committed() }
        for (event, deliveries) in outgoing.plans { took(event, deliveries) }
    }

    /// What some events give.
    struct Outgoing: Sendable {
        /// What goes to targets at once.
        var parcels: [Parcel] = []
        /// What else is to be written: what waits, and entries of archives.
        private(set) var operations: [WriteOperation] = []
        /// To be called after the commit.
        private(set) var committed: [@Sendable () -> Void] = []
        fileprivate var budget = FanOut.Budget()
        fileprivate var plans: [(event: BusEvent, deliveries: [FanOut.Delivery])] = []

        mutating func add(_ prepared: Deliveries.Prepared) {
            operations += prepared.operations
            committed.append(prepared.committed)
        }

        mutating func add(_ operation: WriteOperation) { operations.append(operation) }
    }

    private nonisolated func outgoing(_ events: [BusEvent]) async throws -> Outgoing {
        var outgoing = Outgoing()
        for event in events {
            // Each was planned before; a bus that was deleted since has no rules.
            let deliveries = (try? plan(for: event)) ?? []
            outgoing.plans.append((event, deliveries))
            try await add(FanOut(event: event, deliveries: deliveries), to: &outgoing)
        }
        return outgoing
    }

    /// What one event gives that goes where it is said.
    nonisolated func outgoing(_ event: BusEvent, _ deliveries: [FanOut.Delivery]) async throws -> Outgoing {
        var outgoing = Outgoing()
        try await add(FanOut(event: event, deliveries: deliveries), to: &outgoing)
        return outgoing
    }

    /// Adds as many deliveries of an event as one commit takes; the others follow, as a parcel of their own.
    nonisolated func add(_ fanOut: FanOut, to outgoing: inout Outgoing) async throws {
        let event = fanOut.event
        var rendering = EventRendering(event, account: account, region: region)
        for (number, delivery) in fanOut.deliveries.enumerated() {
            guard outgoing.budget.takes(event.bytes.count) else {
                let rest = FanOut(event: event, deliveries: Array(fanOut.deliveries[number...]))
                let parcel = try rest.parcel(account: account, bus: arn(event.bus))
                return outgoing.add(try await deliveries.postponed(parcel, after: .zero))
            }
            switch delivery {
            case .target(let name, let id):
                // What was taken away since the event was matched gets it no more.
                guard let rule = board.withLock({ $0[event.bus]?.rules[name]?.value }),
                    let target = rule.targets.first(where: { $0.id == id })
                else { continue }
                let (parcel, refusal) = rendering.parcel(for: target, of: RuleID(bus: event.bus, name: name))
                outgoing.budget.used(parcel.payload.count)
                try await add(parcel, refusal, to: &outgoing)
            case .archive(let name):
                guard let archive = board.withLock({ $0[event.bus]?.archives[name] }) else { continue }
                outgoing.budget.used(event.bytes.count)
                // One that was deleted meanwhile takes nothing.
                do { outgoing.add(try await self.archive(event, in: archive)) } catch KeysError.erased { continue }
            }
        }
    }

    private nonisolated func add(
        _ parcel: Parcel, _ refusal: DeliveryRefusal?, to outgoing: inout Outgoing
    ) async throws {
        if let refusal {
            outgoing.add(try await deliveries.burial(of: parcel, refusal, attempts: 1))
        } else if parcel.target.hasPrefix("\(arn(prefix: "event-bus/"))") {
            // What goes to another bus waits for a commit of its own, so that a loop never gets into one.
            outgoing.add(try await deliveries.postponed(parcel, after: .zero))
        } else {
            outgoing.parcels.append(parcel)
        }
    }

    /// Where an event goes: the rules that it matches, and the archives that take it.
    nonisolated func plan(for event: BusEvent) throws(NewEvent.Refusal) -> [FanOut.Delivery] {
        guard let bus = board.withLock({ $0[event.bus] }) else { throw .busMissing(event.bus.text) }
        do {
            let matched = try withScratch { (scratch) throws(EventError) in
                try bus.rules(matching: event.bytes, using: &scratch)
            }
            let rules = matched.filter { event.only?.contains($0) ?? true }
            var deliveries = rules.flatMap { name in
                (bus.rules[name]?.value.targets ?? []).map { FanOut.Delivery.target(name, $0.id) }
            }
            for (name, archive) in bus.archives where !event.isReplay {
                if let pattern = archive.pattern {
                    guard try EventExplanation(of: pattern, on: event.bytes).matches else { continue }
                }
                deliveries.append(.archive(name))
            }
            return deliveries
        } catch {
            guard case .tooManyCombinations(let limit) = error else { return [] }
            throw .unmatchable(limit: limit)
        }
    }

    /// An event is on a bus, and on its way.
    nonisolated func took(_ event: BusEvent, _ deliveries: [FanOut.Delivery]) {
        stories.began(event, deliveries) { arn(RuleID(bus: event.bus, name: $0)).description }
        recent.add(event)
    }
}
