/// When a zone's clock was and will be set, from 1970 to the end of 2199.
package struct ZoneRules: Hashable, Sendable {
    /// From this second of UTC on the clock is so many seconds ahead of UTC.
    struct Change: Hashable, Sendable {
        let time: Int64
        let offset: Int64
    }

    /// What a time on the clock means.
    enum Meaning: Hashable, Sendable {
        /// The first second of UTC at which the clock shows it.
        case instant(Int64)
        /// The clock never shows it: it goes on at `resuming`. With the clock as it was before, it would be `shifted`.
        case skipped(resuming: LocalTime, shifted: Int64)
    }

    /// No clock is further from UTC: RFC 8536, section 3.2.
    static let farthest: Int64 = 26 * 3600

    /// Before the first change.
    private let initial: Int64
    private let changes: [Change]

    /// A clock that is never set.
    package static let utc = ZoneRules(initial: 0, changes: [], footer: nil)

    /// Takes the changes a file lists, in order, and what its footer says of the time behind them.
    init(initial: Int64, changes: [Change], footer: ZoneFooter?) {
        var initial = initial
        var kept: [Change] = []
        let future = footer?.changes(after: changes.last?.time) ?? []
        for change in changes + future {
            if change.time < -Self.farthest {
                initial = change.offset
            } else if change.offset != kept.last?.offset ?? initial {
                kept.append(change)
            }
        }
        self.initial = initial
        self.changes = kept
    }

    /// How many seconds the clock is ahead of UTC at a second of UTC.
    package func offset(at time: Int64) -> Int64 {
        let count = count(through: time)
        return count == 0 ? initial : changes[count - 1].offset
    }

    /// The latest time that the clock has shown until a second of UTC, that included; it may lie ahead of what it shows.
    func latestLocal(through time: Int64) -> LocalTime {
        let count = count(through: time)
        let shown = time + (count == 0 ? initial : changes[count - 1].offset)
        guard count > 0 else { return LocalTime(seconds: shown) }
        let before = count == 1 ? initial : changes[count - 2].offset
        return LocalTime(seconds: max(shown, changes[count - 1].time - 1 + before))
    }

    /// What a time on the clock means; of two seconds that it is shown, the first.
    func meaning(of local: LocalTime) -> Meaning {
        var place = count(through: local.seconds - Self.farthest)
        var offset = place == 0 ? initial : changes[place - 1].offset
        while place < changes.count {
            let candidate = local.seconds - offset
            let change = changes[place]
            if candidate < change.time { return .instant(candidate) }
            if local.seconds - change.offset < change.time {
                return .skipped(resuming: LocalTime(seconds: change.time + change.offset), shifted: candidate)
            }
            offset = change.offset
            place += 1
        }
        return .instant(local.seconds - offset)
    }

    /// How many changes there were until a second of UTC.
    private func count(through time: Int64) -> Int {
        var (low, high) = (0, changes.count)
        while low < high {
            let middle = (low + high) / 2
            if changes[middle].time <= time { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
