import Core
import Storage
import Testing
import Vault

@testable import Platform

struct AuditVerifierTests {
    /// Three segments of some groups each, made without files.
    private struct Made {
        var segments: [[UInt8]] = []
        /// Where the groups of each segment begin and end.
        var groups: [[Range<Int>]] = []
        var heads: [AuditHead] = []

        init(_ keys: AuditKeys = AuditFixture.keys, segments count: Int = 3) throws {
            let trail = AuditTrailID()
            var end = AuditPlace.start
            for _ in 0..<count {
                let (header, seal) = keys.begin(
                    trail, of: .standard, at: end, time: Instant(milliseconds: 1_790_000_000_000))
                var bytes = header.bytes
                var ranges: [Range<Int>] = []
                var place = header.place
                for size in [1, 3, 1, 2] {
                    let time = Instant(milliseconds: 1_790_000_000_000 + Int64(place.sequence))
                    var plaintext: [UInt8] = []
                    for number in 0..<size {
                        AuditFixture.record(Int(place.sequence) + number).append(to: &plaintext)
                    }
                    let group = AuditGroup.seal(plaintext, count: size, behind: place, at: time, with: seal)
                    ranges.append(bytes.count..<bytes.count + group.bytes.count)
                    bytes += group.bytes
                    place = group.end
                    heads.append(AuditHead(trail: trail, place: place, time: time))
                }
                end = place
                segments.append(bytes)
                groups.append(ranges)
            }
        }

        var head: AuditHead { heads[heads.count - 1] }
    }

    private let made: Made

    init() throws { made = try Made() }

    private func flaws(_ segments: [[UInt8]], _ keys: AuditKeys? = nil, heads: [AuditHead] = []) -> [AuditFlaw] {
        AuditFixture.verify(segments, keys: keys, heads: heads).flaws
    }

    @Test func `a trail that nobody touched is whole, with keys and without, at every published head`() {
        for keys in [nil, AuditFixture.keys] {
            let report = AuditFixture.verify(made.segments, keys: keys, heads: made.heads)
            #expect(report.flaws.isEmpty)
            #expect(report.records == 21 && report.groups == 12 && report.segments == 3)
            #expect(report.end == made.head.place)
        }
    }

    @Test func `every single byte that is changed is found without any key`() {
        for (number, segment) in made.segments.enumerated() {
            for place in segment.indices {
                var changed = made.segments
                changed[number][place] ^= 1 << UInt8(place % 8)
                #expect(!flaws(changed, heads: [made.head]).isEmpty, "segment \(number), byte \(place)")
            }
        }
    }

    @Test func `every byte that is removed, doubled or swapped is found`() {
        let segment = made.segments[1]
        for place in segment.indices {
            var removed = segment
            removed.remove(at: place)
            var doubled = segment
            doubled.insert(segment[place], at: place)
            var swapped = segment
            if place > 0 { swapped.swapAt(place, place - 1) }
            for changed in [removed, doubled, swapped] where changed != segment {
                #expect(!flaws([made.segments[0], changed, made.segments[2]]).isEmpty, "byte \(place)")
            }
        }
    }

    @Test func `every group that is removed, doubled or swapped is found`() {
        let (segment, groups) = (made.segments[1], made.groups[1])
        for (number, range) in groups.enumerated() {
            var removed = segment
            removed.removeSubrange(range)
            #expect(!flaws([made.segments[0], removed, made.segments[2]]).isEmpty)
            var doubled = segment
            doubled.insert(contentsOf: segment[range], at: range.upperBound)
            #expect(!flaws([made.segments[0], doubled, made.segments[2]]).isEmpty)
            if number > 0 {
                let before = groups[number - 1]
                let swapped =
                    segment[..<before.lowerBound] + segment[range] + segment[before]
                    + segment[range.upperBound...]
                #expect(!flaws([made.segments[0], Array(swapped), made.segments[2]]).isEmpty)
            }
        }
    }

    @Test func `segments that are missing, doubled, swapped or another trail's are found`() throws {
        let (first, second, third) = (made.segments[0], made.segments[1], made.segments[2])
        let other = try Made()
        for wrong in [
            [first, third], [first, third, second], [first, second, second, third], [first, first, second, third],
            [other.segments[0], second, third], [first, other.segments[1], third],
        ] { #expect(!flaws(wrong).isEmpty) }
        #expect(flaws([second, third], AuditFixture.keys) == [.beginningMissing(first: made.heads[3].place)])
        #expect(AuditFixture.verify([second, third], keys: nil).isBeginningUnproven)
        #expect(flaws([second, third], AuditFixture.keys, heads: [made.heads[3]]).isEmpty)
    }

    @Test func `every truncation is found against the last published head`() {
        let last = made.segments[2]
        for count in 0..<last.count {
            let cut = [made.segments[0], made.segments[1], Array(last[..<count])]
            #expect(!flaws(cut, heads: [made.head]).isEmpty, "\(count) bytes")
            // Between groups nothing but the head can tell.
            if !made.groups[2].contains(where: { $0.lowerBound == count }) { #expect(!flaws(cut).isEmpty) }
        }
        #expect(!flaws([made.segments[0], made.segments[1]], heads: [made.head]).isEmpty)
    }

    @Test func `who computes the hashes anew is found by the seals`() throws {
        // The attacker has everything but the root key: takes a group out, and chains the others again.
        var bytes = made.segments[0]
        let groups = made.groups[0]
        let header = try AuditSegmentHeader(bytes)
        bytes.removeSubrange(groups[1])
        var forged = Array(bytes[..<groups[0].upperBound])
        var place = try AuditGroup(forged, at: groups[0].lowerBound, behind: header.place).end
        for range in [groups[2], groups[3]] {
            let moved = made.segments[0][range]
            let count = UInt64(moved[(moved.startIndex + 4)..<(moved.startIndex + 8)].reduce(0) { $0 << 8 | Int($1) })
            var group = Array(moved.dropLast(AuditHash.size))
            var sequence: [UInt8] = []
            sequence.append(bigEndian: place.sequence)
            group.replaceSubrange(8..<16, with: sequence)
            let hash = place.hash.next(group, in: 0..<group.count)
            forged += group + hash.bytes
            place = AuditPlace(sequence: place.sequence + count, hash: hash)
        }
        #expect(flaws([forged]).isEmpty, "the chain by itself cannot tell")
        #expect(flaws([forged], AuditFixture.keys) == [.forged(at: 1, .group)])
        #expect(!flaws([forged], heads: [made.heads[3]]).isEmpty, "a head from before tells too")
    }

    @Test func `another root key opens nothing, and its heads are not believed`() throws {
        let other = AuditKeys(RootKey())
        let found = flaws(made.segments, other, heads: made.heads)
        #expect(found.count == 3 && found.allSatisfy { if case .forged(_, .key) = $0 { true } else { false } })
        let line = made.head.line(AuditFixture.keys)
        #expect(AuditHead(line: line) == made.head)
        #expect(made.head.isAuthentic(line, AuditFixture.keys))
        #expect(!made.head.isAuthentic(line, other))
        for place in line.utf8.indices {
            var changed = Array(line.utf8)
            changed[line.utf8.distance(from: line.startIndex, to: place)] ^= 1
            let text = String(decoding: changed, as: UTF8.self)
            if let head = AuditHead(line: text) { #expect(!head.isAuthentic(text, AuditFixture.keys)) }
        }
    }
}
