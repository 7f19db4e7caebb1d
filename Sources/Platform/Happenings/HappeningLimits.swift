import Core

/// Which happenings are told, and how many were not: so many of one kind and subject at once, and then one from time to time.
///
/// Pure and bounded. What was left out is counted, and told with the next one of its kind and subject, or by itself.
struct HappeningLimits: Sendable {
    private struct Place: Hashable {
        let type: String
        let subject: String
    }

    private struct Entry {
        let pace: Happening.Pace
        /// When all of its room will be there again, in milliseconds.
        var full: Int64
        var omitted = 0
        /// One that was left out.
        var example: Happening?
    }

    private let limit: Int
    private var entries: [Place: Entry] = [:]

    /// Keeps so many kinds and subjects apart; what comes beyond that shares its room by kind.
    init(limit: Int = 4096) { self.limit = limit }

    /// Whether one is told now: with how many that were left out before; `nil` where it is left out itself.
    ///
    /// `make` is called where it is told, or where it is the first that is left out.
    mutating func admit(
        _ type: String, _ subject: String, _ pace: Happening.Pace, at now: Instant, _ make: () -> Happening
    ) -> (happening: Happening, omitted: Int)? {
        let time = now.milliseconds
        var place = Place(type: type, subject: subject)
        if entries[place] == nil, entries.count >= limit {
            entries = entries.filter { $0.value.omitted > 0 || $0.value.full > time }
            if entries.count >= limit { place = Place(type: type, subject: "") }
        }
        var entry = entries[place] ?? Entry(pace: pace, full: time)
        defer { entries[place] = entry }
        guard entry.full + pace.interval - time <= Int64(pace.burst) * pace.interval else {
            entry.omitted += 1
            if entry.example == nil { entry.example = make() }
            return nil
        }
        let omitted = entry.omitted
        entry.full = max(entry.full, time) + pace.interval
        entry.omitted = 0
        entry.example = nil
        return (make(), omitted)
    }

    /// Those that were left out and have room now, with how many there were beside each.
    mutating func due(at now: Instant) -> [(happening: Happening, omitted: Int)] {
        let time = now.milliseconds
        var due: [(happening: Happening, omitted: Int)] = []
        for (place, entry) in entries {
            guard let example = entry.example else {
                if entry.full <= time { entries[place] = nil }
                continue
            }
            guard entry.full <= time else { continue }
            entries[place] = Entry(pace: entry.pace, full: time + entry.pace.interval)
            due.append((example, entry.omitted - 1))
        }
        return due
    }
}
