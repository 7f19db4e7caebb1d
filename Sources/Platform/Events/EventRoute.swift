import AccessPolicy
import Core
import Storage

/// Puts parcels on buses: events of rules of other buses, what schedules fire, results of asynchronous calls, and events
/// that go on to more targets than one commit takes.
package struct EventRoute: DeliveryRoute {
    /// What a parcel of a schedule, or with the result of a call, says of the event that it becomes, as attributes.
    package static let source = "Source"
    package static let detailType = "DetailType"
    /// ARNs with commas between them.
    package static let resources = "Resources"
    /// How many buses an event may pass through, as calls of functions may cause one another.
    private static let depthLimit = LineageBudget().depth

    private let buses: EventBuses
    private let access: SenderAccess
    private let identity: Identity
    /// What calls API destinations, which are of the same service.
    private let destinations: EventDestinations?

    /// Takes the buses, who may put events on them, and what calls API destinations.
    package init(buses: EventBuses, identity: Identity, destinations: EventDestinations? = nil) {
        self.buses = buses
        self.identity = identity
        self.destinations = destinations
        access = SenderAccess(identity: identity, region: buses.region)
    }

    package func delivery(of parcel: Parcel) async throws -> Delivery {
        if let destinations, parcel.target.hasPrefix(buses.arn(prefix: "api-destination/").description) {
            return try await destinations.delivery(of: parcel)
        }
        let name: EventBusName
        let bus: EventBus
        do throws(EventBusError) {
            name = try buses.busName(parcel.target)
            try await buses.seek(name)
            bus = try buses.bus(name)
        } catch {
            guard case .busMissing = error else { throw error }
            return .refused(.final("NO_RESOURCE", "\(parcel.target) is not an event bus of this account."))
        }
        if parcel.sender.service == EventBuses.service, parcel.payload.first == FanOut.mark {
            return try await going(on: FanOut(parcel))
        }
        let refusal = try await access.refusal(
            parcel, Action(service: "events", name: "PutEvents"), on: .named(buses.arn(name), owner: buses.account),
            policy: bus.policy.map { identity.access.resourcePolicy($0, of: "policy of event bus \(name)") } ?? .none)
        if let refusal { return .refused(refusal) }
        guard parcel.descent.depth < Self.depthLimit else {
            return .refused(
                .final("LINEAGE_TOO_DEEP", "The event has passed through \(Self.depthLimit) calls and buses: a loop?"))
        }
        switch event(in: parcel, for: name) {
        case .success(let event):
            let plan: [FanOut.Delivery]
            do throws(NewEvent.Refusal) { plan = try buses.plan(for: event) } catch {
                return .refused(.final("INVALID_EVENT", "The event cannot be matched: \(error)"))
            }
            return try await going(on: FanOut(event: event, deliveries: plan), isNew: true)
        case .failure(let refusal): return .refused(refusal)
        }
    }

    private func going(on fanOut: FanOut, isNew: Bool = false) async throws -> Delivery {
        var outgoing = try await buses.outgoing([fanOut])
        for parcel in outgoing.parcels { outgoing.add(try await buses.deliveries.prepare(parcel)) }
        let committed = outgoing.committed
        return .operations(outgoing.operations) {
            for committed in committed { committed() }
            if isNew { buses.took(fanOut.event, fanOut.deliveries) }
        }
    }

    /// The event that a parcel is, or becomes.
    private func event(in parcel: Parcel, for bus: EventBusName) -> Result<BusEvent, DeliveryRefusal> {
        let descent = parcel.descent.next()
        if parcel.sender.service == EventBuses.service {
            // An event of another bus goes on as it is.
            guard let json = try? JSON(parsing: parcel.payload), let id = json["id"]?.string.flatMap({ RequestID($0) })
            else { return .failure(.final("INVALID_JSON", "The event cannot be read.")) }
            return .success(
                BusEvent(
                    id: id, bus: bus, time: buses.now, ingested: buses.now, bytes: parcel.payload, descent: descent,
                    trace: parcel.trace))
        }
        func attribute(_ name: String) -> String? {
            for attribute in parcel.attributes where attribute.name == name {
                if case .text(let text) = attribute.value { return text }
            }
            return nil
        }
        do throws(NewEvent.Refusal) {
            var new = try NewEvent(
                bus: bus, source: attribute(Self.source), detailType: attribute(Self.detailType),
                detail: String(decoding: parcel.payload, as: UTF8.self), descent: descent, trace: parcel.trace)
            new.resources = attribute(Self.resources).map { $0.split(separator: ",").map(String.init) } ?? []
            return .success(
                BusEvent(new, id: parcel.id, region: buses.region, account: buses.account, at: buses.now))
        } catch { return .failure(.final("INVALID_EVENT", "No event can be made of it: \(error)")) }
    }
}
