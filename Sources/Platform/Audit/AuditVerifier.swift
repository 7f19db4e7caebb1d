import Core

/// Checks a trail segment by segment: that nothing was changed, removed, put in or moved.
///
/// Without keys it checks the chain, which tells everything but what somebody did who computed the hashes anew; with keys
/// also the seals, which only the holder of the root key can make. What was cut off at the end only a published head
/// tells. Pure: whoever reads the files feeds it.
package struct AuditVerifier: Sendable {
    /// What came out.
    package struct Report: Sendable {
        package var trail: AuditTrailID?
        package var first: AuditPlace?
        package var end: AuditPlace?
        package var segments = 0
        package var groups = 0
        package var records: UInt64 = 0
        /// The time of the last group.
        package var lastTime: Instant?
        package var flaws: [AuditFlaw] = []
        /// Why the trail does not begin with its first record could not be told without the root key.
        package var isBeginningUnproven = false
    }

    package private(set) var report = Report()
    private let keys: AuditKeys?
    private var heads: [AuditHead]
    private var cuts: Set<AuditPlace> = []
    /// Where the next segment must begin; unknown behind a flaw.
    private var expected: AuditPlace?

    /// Checks against published heads; one of them may be where the trail is to begin.
    package init(keys: AuditKeys? = nil, heads: [AuditHead] = []) {
        self.keys = keys
        self.heads = heads
    }

    /// Checks the next segment.
    package mutating func take(_ bytes: [UInt8]) {
        report.segments += 1
        let segment: AuditSegment
        do { segment = try AuditSegment(bytes) } catch { return fail(error) }
        let header = segment.header
        if let trail = report.trail {
            guard trail == header.trail else { return fail(.otherTrail(header.trail)) }
        } else {
            begin(header)
        }
        if let expected, expected != header.start { report.flaws.append(.gap(expected: expected, found: header.start)) }
        compare(header.start)
        // A segment whose key does not open is still followed by its hashes.
        var seal: AuditSeal?
        do { seal = try keys?.open(header) } catch { report.flaws.append(error) }
        let opened = seal
        var verifier = self
        let walk = segment.walk { group throws(AuditFlaw) in try verifier.check(group, of: bytes, with: opened) }
        self = verifier
        report.groups += walk.groups
        report.records += walk.end.sequence - header.start.sequence
        report.end = walk.end
        expected = walk.end
        if let flaw = walk.flaw { fail(flaw) }
    }

    /// The result, once all segments were taken.
    package mutating func finish() -> Report {
        if let first = report.first, first != .start, !cuts.contains(first),
            !heads.contains(where: { $0.place == first })
        {
            if keys == nil {
                report.isBeginningUnproven = true
            } else {
                report.flaws.append(.beginningMissing(first: first))
            }
        }
        let end = report.end ?? .start
        for head in heads {
            if let trail = report.trail, trail != head.trail {
                report.flaws.append(.headOfOther(head.trail))
            } else if head.place.sequence > end.sequence {
                report.flaws.append(.truncated(head: head.place, end: end))
            } else if let first = report.first, head.place.sequence < first.sequence {
                report.flaws.append(.headTooOld(head: head.place, first: first))
            } else if !matched.contains(head.place) {
                report.flaws.append(.diverged(head: head.place))
            }
        }
        return report
    }

    private var matched: Set<AuditPlace> = []

    private mutating func begin(_ header: AuditSegmentHeader) {
        report.trail = header.trail
        report.first = header.start
        report.end = header.start
        if header.start.sequence == 0, header.start != .start {
            report.flaws.append(.gap(expected: .start, found: header.start))
        }
    }

    private mutating func check(_ group: AuditGroup, of bytes: [UInt8], with seal: AuditSeal?) throws(AuditFlaw) {
        if let seal {
            for entry in try group.records(of: bytes, with: seal) {
                if let cut = AuditCut(entry.record) { cuts.insert(cut.place) }
            }
        }
        report.lastTime = group.time
        compare(group.end)
    }

    private mutating func compare(_ place: AuditPlace) {
        for head in heads where head.place == place { matched.insert(place) }
    }

    private mutating func fail(_ flaw: AuditFlaw) {
        report.flaws.append(flaw)
        expected = nil
    }
}
