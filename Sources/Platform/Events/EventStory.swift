import Core
import FoundationEssentials

/// An event, where it was to go, and what became of that.
package struct EventStory: Hashable, Sendable, Codable {
    /// How far a delivery is.
    package enum Outcome: String, Sendable, Codable {
        case waiting
        case delivered
        case postponed
        case buried
    }

    /// One target of one rule.
    package struct Delivery: Hashable, Sendable, Codable {
        package let rule: String
        package let target: String
        package var arn: String?
        package var outcome = Outcome.waiting
        package var attempts = 0
        package var at: Instant?
        /// Why not, or not yet.
        package var code: String?
        package var reason: String?
        /// The queue in which it lies now; the platform's own dead letters where there is none.
        package var queue: String?
    }

    /// `nil` where only what became of it is known so far.
    package var bus: EventBusName?
    package var taken: Instant?
    package var lineage: String?
    /// The event as rules saw it; empty where it is too large to be kept.
    package var event = Data()
    package var archives: [RuleName] = []
    package private(set) var deliveries: [Delivery] = []

    /// Bytes of an event that are kept.
    static let eventLimit = 65_536
    /// Deliveries of one event that are told of.
    static let deliveryLimit = 1000

    /// Begins with what became of it, or with the event.
    init() {}

    /// An event is on its way.
    mutating func began(_ event: BusEvent, _ plan: [FanOut.Delivery], rule: (RuleName) -> String) {
        bus = event.bus
        taken = event.ingested
        lineage = event.descent.lineage.description
        if event.bytes.count <= Self.eventLimit { self.event = Data(event.bytes) }
        for delivery in plan {
            switch delivery {
            case .archive(let name): archives.append(name)
            case .target(let name, let id): change(rule(name), id) { _ in }
            }
        }
    }

    /// Something became of one.
    mutating func heard(_ report: DeliveryReport, _ origin: EventOrigin) {
        change(report.parcel.sender.source, origin.target) { delivery in
            delivery.arn = report.parcel.target
            delivery.attempts = report.attempts
            delivery.at = report.at
            (delivery.code, delivery.reason, delivery.queue) = (nil, nil, nil)
            switch report.outcome {
            case .delivered: delivery.outcome = .delivered
            case .postponed(let refusal):
                delivery.outcome = .postponed
                (delivery.code, delivery.reason) = (refusal.code, refusal.reason)
            case .buried(let refusal, let queue):
                delivery.outcome = .buried
                (delivery.code, delivery.reason, delivery.queue) = (refusal.code, refusal.reason, queue)
            }
        }
    }

    /// Adds what is known since.
    mutating func merge(_ later: EventStory) {
        bus = later.bus ?? bus
        taken = later.taken ?? taken
        lineage = later.lineage ?? lineage
        if !later.event.isEmpty { event = later.event }
        archives += later.archives.filter { !archives.contains($0) }
        for delivery in later.deliveries {
            change(delivery.rule, delivery.target) { if delivery.outcome != .waiting { $0 = delivery } }
        }
    }

    private mutating func change(_ rule: String, _ target: String, _ body: (inout Delivery) -> Void) {
        if let place = deliveries.firstIndex(where: { $0.rule == rule && $0.target == target }) {
            body(&deliveries[place])
        } else if deliveries.count < Self.deliveryLimit {
            var delivery = Delivery(rule: rule, target: target)
            body(&delivery)
            deliveries.append(delivery)
        }
    }
}
