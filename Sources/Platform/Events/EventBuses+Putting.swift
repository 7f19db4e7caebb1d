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
        for bus in Set(new.map(\.bus)) { try await seek(bus) }
        var planned: [FanOut] = []
        var results: [Result<RequestID, NewEvent.Refusal>] = []
        for event in new {
            let event = BusEvent(event, region: region, account: account, at: now)
            do throws(NewEvent.Refusal) {
                planned.append(FanOut(event: event, deliveries: try plan(for: event)))
                results.append(.success(event.id))
            } catch { results.append(.failure(error)) }
        }
        try await send(planned)
        return results
    }

    /// Sends events where it is said, in one commit with what else is to be written.
    nonisolated func send(_ planned: [FanOut], with operations: [WriteOperation] = []) async throws {
        let outgoing = try await outgoing(planned)
        let all = operations + outgoing.operations
        if !outgoing.parcels.isEmpty || !all.isEmpty { try await deliveries.send(outgoing.parcels, with: all) }
        for committed in outgoing.committed { committed() }
        for one in planned { took(one.event, one.deliveries) }
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

        mutating func add(_ prepared: Deliveries.Prepared) {
            operations += prepared.operations
            committed.append(prepared.committed)
        }

        mutating func add(_ operation: WriteOperation) { operations.append(operation) }
    }

    /// What some events give that go where it is said.
    nonisolated func outgoing(_ planned: [FanOut]) async throws -> Outgoing {
        var outgoing = Outgoing()
        for one in planned { try await add(one, to: &outgoing) }
        return outgoing
    }

    /// Adds as many deliveries of an event as one commit takes; the others follow, as a parcel of their own.
    nonisolated func add(_ fanOut: FanOut, to outgoing: inout Outgoing) async throws {
        let event = fanOut.event
        var rendering = EventRendering(event, account: account, region: region)
        for (number, delivery) in fanOut.deliveries.enumerated() {
            let rest = FanOut(event: event, deliveries: Array(fanOut.deliveries[number...]))
            switch delivery {
            case .target(let name, let id):
                let rule = RuleID(bus: event.bus, name: name)
                // What was taken away since the event was matched gets it no more.
                guard let target = try await target(id, of: rule) else { continue }
                let (parcel, refusal) = rendering.parcel(for: target, of: rule)
                guard outgoing.budget.takes(parcel.payload.count) else { return try await leave(rest, to: &outgoing) }
                try await add(parcel, refusal, to: &outgoing)
            case .archive(let name):
                guard let archive = try await archive(name, of: event.bus) else { continue }
                guard outgoing.budget.takes(event.bytes.count) else { return try await leave(rest, to: &outgoing) }
                // One that was deleted meanwhile takes nothing.
                do { outgoing.add(try await self.archive(event, in: archive)) } catch KeysError.erased { continue }
            }
        }
    }

    /// What one commit does not take any more waits for the next.
    private nonisolated func leave(_ rest: FanOut, to outgoing: inout Outgoing) async throws {
        let parcel = try rest.parcel(account: account, bus: arn(rest.event.bus))
        outgoing.add(try await deliveries.postponed(parcel, after: .zero))
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
