/// Where a stop is kept, besides in the memory of the server in which it holds.
package struct StopKeeping: Hashable, Sendable {
    /// Whether it is in the audit trail.
    package let isRecorded: Bool
    /// Whether it is in the store, and so outlives a restart.
    package let isStored: Bool

    /// It is in the audit trail, in the store, or in neither.
    package init(isRecorded: Bool, isStored: Bool) {
        self.isRecorded = isRecorded
        self.isStored = isStored
    }

    /// It is wherever it should be.
    package static let whole = StopKeeping(isRecorded: true, isStored: true)
}
