import Core

extension Logs {
    /// Which events of a put were not stored, by their place in the list.
    package struct Rejected: Equatable, Sendable {
        /// Those before this place were too old.
        package var tooOldBefore: Int?
        /// Those from this place on were too far in the future.
        package var tooNewFrom: Int?
        /// Those before this place were older than the group keeps events.
        package var expiredBefore: Int?

        /// Refuses nothing unless told otherwise.
        package init(tooOldBefore: Int? = nil, tooNewFrom: Int? = nil, expiredBefore: Int? = nil) {
            self.tooOldBefore = tooOldBefore
            self.tooNewFrom = tooNewFrom
            self.expiredBefore = expiredBefore
        }
    }

    /// The most that one put may hold, 26 bytes for each event included, as AWS counts.
    package static let putLimit = 1_048_576
    private static let eventCost = 26
    private static let pastLimit: Int64 = 14 * 86_400_000
    private static let futureLimit: Int64 = 2 * 3_600_000

    /// Stores events, which are to be in order of time; they are durable when it returns.
    package func put(
        _ events: [(time: Instant, message: String)], to id: LogStreamID
    ) async throws -> Rejected {
        let size = events.reduce(0) { $0 + $1.message.utf8.count + Self.eventCost }
        guard size <= Self.putLimit else { throw LogsError.batchTooLarge(limit: Self.putLimit) }
        guard zip(events, events.dropFirst()).allSatisfy({ $0.time <= $1.time }) else { throw LogsError.notInOrder }
        let group = try await group(id.group)
        _ = try await stream(id)
        let now = now
        var rejected = Rejected()
        let oldest = now.advanced(milliseconds: -Self.pastLimit)
        let newest = now.advanced(milliseconds: Self.futureLimit)
        let horizon = group.horizon(at: now) ?? oldest
        let old = events.prefix { $0.time < oldest }.count
        let expired = events.prefix { $0.time < horizon }.count
        let valid = events.prefix { $0.time <= newest }.count
        if old > 0 { rejected.tooOldBefore = old }
        if expired > old { rejected.expiredBefore = expired }
        if valid < events.count { rejected.tooNewFrom = valid }
        let kept = events.prefix(valid).dropFirst(max(old, expired)).map { event in
            LogEvent(time: event.time, ingested: now, message: Array(event.message.utf8))
        }
        if !kept.isEmpty { try await append(kept, to: id, making: false) }
        return rejected
    }
}
