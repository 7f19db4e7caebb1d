import Core

/// What became of a parcel, told to whoever asked the deliveries for reports.
package struct DeliveryReport: Sendable {
    /// How far it is.
    package enum Outcome: Hashable, Sendable {
        case delivered
        /// It is tried again.
        case postponed(DeliveryRefusal)
        /// It lies in the queue of this ARN; in the platform's own dead letters where there is none.
        case buried(DeliveryRefusal, queue: String?)
    }

    package let parcel: Parcel
    package let outcome: Outcome
    package let attempts: Int
    package let at: Instant
}
