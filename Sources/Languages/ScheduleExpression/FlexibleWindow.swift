import Core

/// How long behind its fire time a schedule may call its target, so that not all call at once.
package struct FlexibleWindow: Hashable, Sendable {
    /// What EventBridge Scheduler takes.
    package static let limits = 1...1440

    package let minutes: Int

    /// Takes minutes; `nil` beyond the limits.
    package init?(minutes: Int) {
        guard Self.limits.contains(minutes) else { return nil }
        self.minutes = minutes
    }

    /// How many milliseconds behind a fire time the schedule of this name calls its target.
    ///
    /// Spread evenly over the window, and the same however often and on whichever server it is asked.
    package func delay(of schedule: String, at time: Instant) -> Int64 {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in schedule.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        hash ^= UInt64(bitPattern: time.milliseconds)
        // The finalizer of SplitMix64: neighbouring times lie far apart.
        hash = (hash ^ (hash >> 30)) &* 0xbf58_476d_1ce4_e5b9
        hash = (hash ^ (hash >> 27)) &* 0x94d0_49bb_1331_11eb
        hash ^= hash >> 31
        return Int64(hash % UInt64(minutes * 60_000))
    }
}
