/// A segment's file as it was read: its header, and the groups behind it.
package struct AuditSegment: Sendable {
    package let header: AuditSegmentHeader
    package let bytes: [UInt8]

    /// Reads the header; the groups are checked by `walk`.
    package init(_ bytes: [UInt8]) throws(AuditFlaw) {
        header = try AuditSegmentHeader(bytes)
        self.bytes = bytes
    }

    /// How far a walk came.
    package struct Walk: Sendable {
        /// Behind the last whole group: what a head names.
        package var end: AuditPlace
        /// Where the next group would be chained to.
        package var place: AuditPlace
        /// How many bytes of the file are whole.
        package var size: Int
        package var groups = 0
        /// What ended the walk before the end of the file.
        package var flaw: AuditFlaw?
    }

    /// Checks one group after the other, and hands each to `body`, until the end or the first flaw.
    package func walk(_ body: (AuditGroup) throws(AuditFlaw) -> Void) -> Walk {
        var walk = Walk(end: header.start, place: header.place, size: AuditSegmentHeader.size)
        do throws(AuditFlaw) {
            while walk.size < bytes.count {
                let group = try AuditGroup(bytes, at: walk.size, behind: walk.place)
                try body(group)
                walk.end = group.end
                walk.place = group.end
                walk.size += group.size
                walk.groups += 1
            }
        } catch { walk.flaw = error }
        return walk
    }

    /// Whether what lies behind the last whole group can be the one write that a crash cut short.
    ///
    /// It can if it is no longer than a group, and no whole group follows in it: what follows an acknowledged group was
    /// acknowledged itself, or was the one in flight.
    func isTorn(behind walk: Walk) -> Bool {
        let rest = bytes.count - walk.size
        guard rest <= AuditGroup.headSize + AuditGroup.envelopeLimit + AuditHash.size else { return false }
        let smallest = AuditGroup.headSize + AuditHash.size
        guard rest > 2 * smallest else { return true }
        return !((walk.size + smallest)...(bytes.count - smallest)).contains { isGroup(at: $0, after: walk) }
    }

    /// Whether a whole group begins here, chained to what stands before it or to what should stand there.
    private func isGroup(at start: Int, after walk: Walk) -> Bool {
        var reader = AuditBytes(bytes, in: start + 8..<start + 16)
        // Eight bytes are there: `isTorn` looks no further than the smallest group before the end.
        guard let first = try? reader.word(), first > walk.end.sequence,
            first - walk.end.sequence <= UInt64(AuditGroup.recordLimit),
            let stored = AuditHash(Array(bytes[start - AuditHash.size..<start]))
        else { return false }
        let computed = walk.place.hash.next(bytes, in: walk.size..<start - AuditHash.size)
        return [stored, computed].contains { hash in
            // A refusal says that it is none.
            (try? AuditGroup(bytes, at: start, behind: AuditPlace(sequence: first, hash: hash))) != nil
        }
    }
}
