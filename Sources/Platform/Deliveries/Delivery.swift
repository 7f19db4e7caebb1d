import Storage

/// How a parcel reaches its target.
package enum Delivery: Sendable {
    /// It is there once these operations are committed; `committed` is called afterwards, to say that it may be looked for.
    case operations([WriteOperation], committed: @Sendable () -> Void)
    /// It is there once this has been carried out, which takes time and may be in vain.
    case errand(@Sendable () async -> ErrandEnd)
    case refused(DeliveryRefusal)
}

/// What became of an errand.
package enum ErrandEnd: Sendable {
    case delivered
    case refused(DeliveryRefusal)
}

/// Why a target does not get a parcel.
package struct DeliveryRefusal: Error, Hashable, Sendable {
    /// In the words that AWS uses where it has some: `NO_PERMISSIONS`, `THROTTLING`.
    package let code: String
    package let reason: String
    /// Whether it may be delivered later.
    package let isPassing: Bool
    /// Whether the target was asked: what only waited for its turn has no retry less.
    package var isAttempt = true
    /// How long the target asks to be left alone, where it says so.
    package var after: Duration?

    /// A refusal that stands.
    package static func final(_ code: String, _ reason: String) -> DeliveryRefusal {
        DeliveryRefusal(code: code, reason: reason, isPassing: false)
    }

    /// One that may be over after a while.
    package static func passing(_ code: String, _ reason: String, after: Duration? = nil) -> DeliveryRefusal {
        DeliveryRefusal(code: code, reason: reason, isPassing: true, after: after)
    }

    /// One that kept the target from being asked, and may be over in a moment.
    package static func waiting(_ reason: String) -> DeliveryRefusal {
        DeliveryRefusal(code: "THROTTLING", reason: reason, isPassing: true, isAttempt: false)
    }
}
