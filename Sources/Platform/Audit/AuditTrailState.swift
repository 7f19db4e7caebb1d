import Core

/// Where a trail stands and when its next segment is due.
///
/// Pure: no clock, no files. The writer does what it says and tells it what came of it.
struct AuditTrailState: Hashable, Sendable {
    let trail: AuditTrailID
    let account: AccountID
    /// Behind the last group: what heads name and the next segment's header repeats.
    private(set) var end: AuditPlace
    /// What the next group is chained to.
    private(set) var place: AuditPlace
    private(set) var segmentSize: Int
    private(set) var segmentBegun: Instant
    private(set) var time: Instant

    /// Goes on behind what was found in a segment.
    init(_ header: AuditSegmentHeader, _ walk: AuditSegment.Walk, time: Instant) {
        trail = header.trail
        account = header.account
        end = walk.end
        place = walk.place
        segmentSize = walk.size
        segmentBegun = header.begun
        self.time = time
    }

    /// Begins with a segment that has no groups yet.
    init(beginning header: AuditSegmentHeader) {
        trail = header.trail
        account = header.account
        end = header.start
        place = header.place
        segmentSize = AuditSegmentHeader.size
        segmentBegun = header.begun
        time = header.begun
    }

    /// How far the trail has come.
    var head: AuditHead { AuditHead(trail: trail, place: end, time: time) }

    /// Whether another segment is to begin before the next group.
    func mustRoll(_ settings: AuditSettings, at now: Instant) -> Bool {
        guard end.sequence > 0, segmentSize > AuditSegmentHeader.size else { return false }
        return segmentSize >= settings.segmentBytes
            || now.milliseconds - segmentBegun.milliseconds >= settings.segmentAge
    }

    /// A group was written.
    mutating func appended(_ bytes: Int, end: AuditPlace, at time: Instant) {
        self.end = end
        place = end
        segmentSize += bytes
        self.time = time
    }

    /// Another segment was begun.
    mutating func rolled(to header: AuditSegmentHeader) {
        place = header.place
        segmentSize = AuditSegmentHeader.size
        segmentBegun = header.begun
    }
}
