/// How long calls took, in 48 classes of which each is half an octave wide: from 64 microseconds to 18 minutes.
///
/// A quantile is the upper end of its class, so it is never too low and at most by half too high.
package struct LatencyHistogram: Sendable {
    static let classes = 48
    private static let firstOctave = 6

    private var counts = InlineArray<48, UInt32>(repeating: 0)
    private(set) var total: UInt32 = 0

    /// Counts a call in.
    mutating func add(nanoseconds: UInt64) {
        counts[Self.index(nanoseconds / 1000)] &+= 1
        total &+= 1
    }

    /// Counts another histogram in.
    mutating func add(_ other: LatencyHistogram) {
        for index in 0..<Self.classes { counts[index] &+= other.counts[index] }
        total &+= other.total
    }

    /// The time within which such a part of the calls ended; `nil` if there were none.
    package func quantile(_ part: Double) -> Duration? {
        guard total > 0 else { return nil }
        let wanted = max(1, UInt32((Double(total) * part).rounded(.up)))
        var seen: UInt32 = 0
        for index in 0..<Self.classes {
            seen &+= counts[index]
            if seen >= wanted { return .microseconds(Self.upperEnd(index)) }
        }
        return .microseconds(Self.upperEnd(Self.classes - 1))
    }

    private static func index(_ microseconds: UInt64) -> Int {
        guard microseconds >= 1 << UInt64(firstOctave) else { return 0 }
        let octave = 63 - microseconds.leadingZeroBitCount
        let half = Int(microseconds >> UInt64(octave - 1) & 1)
        return min(classes - 1, (octave - firstOctave) * 2 + half)
    }

    private static func upperEnd(_ index: Int) -> Int64 {
        let begin = Int64(1) << Int64(firstOctave + index / 2)
        return index.isMultiple(of: 2) ? begin + begin / 2 : begin * 2
    }
}
