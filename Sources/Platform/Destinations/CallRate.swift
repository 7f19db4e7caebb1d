import Core

/// How many calls of each destination begin in a second: evenly apart.
///
/// Pure and bounded: destinations that were not called lately are forgotten, which lets them begin anew.
struct CallRate: Sendable {
    private static let limit = 4096

    /// When the next call of each may begin, in milliseconds.
    private var next: BoundedCache<String, Double> = BoundedCache(limit: limit)

    /// How many milliseconds a call of a destination has to wait, which takes its place; `nil` where that is more
    /// than `longest`, and no place is taken.
    mutating func wait(for destination: String, perSecond rate: Int, longest: Double, at now: Instant) -> Double? {
        let time = Double(now.milliseconds)
        let start = max(next[destination] ?? 0, time)
        guard start - time <= longest else { return nil }
        next[destination] = start + 1000 / Double(max(1, rate))
        return start - time
    }
}
