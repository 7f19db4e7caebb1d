/// The way to the targets of one service.
package protocol DeliveryRoute: Sendable {
    /// How a parcel for one of them is delivered, after the sender's right to do so was checked; throws where that
    /// cannot be known now.
    func delivery(of parcel: Parcel) async throws -> Delivery
}
