/// Intervals on as few tracks as the first that is free gives.
struct IntervalPacking {
    private var tracks: [[ClosedRange<Int>]] = []

    /// How many tracks there are.
    var count: Int { tracks.count }

    /// The track of one more interval: it neither overlaps nor touches another there.
    mutating func place(_ interval: ClosedRange<Int>) -> Int {
        let reach = (interval.lowerBound - 1)...(interval.upperBound + 1)
        if let track = tracks.firstIndex(where: { $0.allSatisfy { !$0.overlaps(reach) } }) {
            tracks[track].append(interval)
            return track
        }
        tracks.append([interval])
        return tracks.count - 1
    }
}
