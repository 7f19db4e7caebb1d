import Core

/// What became of events.
package final class EventStories: Sendable {
    package init() {}

    /// An event is on its way.
    func began(_ event: BusEvent, _ deliveries: [FanOut.Delivery]) {}

    /// Something became of a delivery.
    package func heard(_ report: DeliveryReport) {}
}
