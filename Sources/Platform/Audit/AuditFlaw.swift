import Core

/// What is wrong with a trail, as a verifier finds it.
package enum AuditFlaw: Error, Hashable, Sendable {
    /// A segment's first bytes are not all there.
    case headerCut(bytes: Int)
    case notASegment
    case unknownVersion(UInt8)
    /// Another trail's segment lies among these.
    case otherTrail(AuditTrailID)
    /// A segment does not go on where the one before it ended: something is missing, twice there, or in another order.
    case gap(expected: AuditPlace, found: AuditPlace)
    /// The last bytes are no whole group: a write was cut short, or the file was.
    case unfinished(at: UInt64, bytes: Int)
    /// A group is not the one that was chained here: it was changed, moved, removed or put in.
    case broken(at: UInt64, offset: Int)
    /// A group is chained well but was sealed with another key, or for another place.
    case forged(at: UInt64, EnvelopeFlaw)
    /// What a group holds is no list of records, or not as many as it says.
    case malformed(at: UInt64)
    /// The trail does not begin at its beginning, and no record in it says that what is missing was removed on purpose.
    case beginningMissing(first: AuditPlace)
    /// The published head lies behind the end: records were cut off.
    case truncated(head: AuditPlace, end: AuditPlace)
    /// At the number of the published head the trail has another history.
    case diverged(head: AuditPlace)
    /// The published head belongs to another trail.
    case headOfOther(AuditTrailID)
    /// The head was not written by the holder of the root key.
    case headNotAuthentic
    /// The number of the published head lies before the first segment that is there.
    case headTooOld(head: AuditPlace, first: AuditPlace)

    /// Why a seal does not open.
    package enum EnvelopeFlaw: Hashable, Sendable {
        /// The segment's key was not wrapped under this root key for this segment.
        case key
        /// The group was changed, or belongs elsewhere.
        case group
    }
}
