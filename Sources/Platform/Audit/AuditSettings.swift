/// How a trail is written.
package struct AuditSettings: Hashable, Sendable {
    /// A segment that has so many bytes is followed by another.
    package var segmentBytes = 64 << 20
    /// So is one that is so old, in milliseconds: segments are what retention removes.
    package var segmentAge: Int64 = 86_400_000
    /// How often the file `head` follows the trail, at most.
    package var headInterval = Duration.seconds(1)
    /// Records that may wait without anybody waiting for them.
    package var bufferedRecords = 16_384
    /// Bytes that may wait, whoever waits for them.
    package var waitingBytes = 32 << 20
    /// Which denied calls have records of their own.
    package var denials = AuditDenialLimits()

    /// The standard settings.
    package init() {}
}
