import Core

/// When a schedule fires: its expression, on the clock of its zone, between its dates.
///
/// Pure and fast: the next time is computed from field to field and by a search among the zone's changes.
///
/// Of daylight saving EventBridge Scheduler's user guide ("Schedule types") says: where the clock is set forward, what
/// falls into the gap is skipped; where it is set back, what falls into the repeated hour happens once, here the first
/// time; a rate counts hours of the same length. An `at` in a gap, of which nothing is said, happens as if the clock
/// had not been set: `02:30` becomes `03:30`, as with `java.time`, so that it is not lost.
package struct Timetable: Hashable, Sendable {
    package let expression: TimeExpression
    package let zone: ZoneRules
    /// The first time at which a cron or a rate may fire, and what a rate counts from.
    package let start: Instant
    /// The time from which a cron or a rate fires no more.
    package let end: Instant?

    /// Takes dates for crons and rates; an `at` ignores them, as AWS's does.
    package init(_ expression: TimeExpression, zone: ZoneRules = .utc, start: Instant, end: Instant? = nil) {
        self.expression = expression
        self.zone = zone
        self.start = max(start, Instant(milliseconds: 0))
        self.end = end
    }

    /// The first fire time behind an instant; `nil` if there is none, which is complete then.
    package func nextFireTime(after instant: Instant) -> Instant? {
        switch expression.form {
        case .once(let local):
            let time = Self.instant(zone.meaning(of: local))
            return time > instant ? time : nil
        case .rate(let rate): return within(Self.next(rate, from: start, after: instant))
        case .cron(let cron): return within(next(cron, after: max(instant, start.advanced(milliseconds: -1))))
        }
    }

    /// The fire times behind an instant, one after the other.
    package func fireTimes(after instant: Instant) -> FireTimes { FireTimes(timetable: self, after: instant) }

    /// The last fire time behind `lower` and not behind `upper`; found by halving, however many there are in between.
    package func latestFireTime(after lower: Instant, through upper: Instant) -> Instant? {
        guard var latest = nextFireTime(after: lower), latest <= upper else { return nil }
        // A fire time comes behind `low`, and none behind `high`.
        var (low, high) = (latest.milliseconds, min(upper, Self.limit).milliseconds)
        while low < high {
            let middle = low + (high - low) / 2
            if let time = nextFireTime(after: Instant(milliseconds: middle)), time <= upper {
                latest = time
                low = time.milliseconds
            } else {
                high = middle
            }
        }
        return latest
    }

    private func within(_ time: Instant?) -> Instant? {
        guard let time, end.map({ time < $0 }) ?? true else { return nil }
        return time
    }

    private func next(_ cron: Cron, after instant: Instant) -> Instant? {
        let second = instant.secondsRoundedDown
        var local = zone.latestLocal(through: second)
        while let candidate = cron.next(after: local) {
            switch zone.meaning(of: candidate) {
            case .instant(let time) where time > second: return Instant(milliseconds: time * 1000)
            case .instant: local = candidate
            case .skipped(let resuming, _): local = max(candidate, LocalTime(seconds: resuming.seconds - 1))
            }
        }
        return nil
    }

    private static func next(_ rate: Rate, from start: Instant, after instant: Instant) -> Instant? {
        guard instant >= start else { return start }
        let (passed, overflow) = instant.milliseconds.subtractingReportingOverflow(start.milliseconds)
        guard !overflow, instant < limit else { return nil }
        let (count, tooMany) = (passed / rate.milliseconds + 1).multipliedReportingOverflow(by: rate.milliseconds)
        let (time, tooFar) = start.milliseconds.addingReportingOverflow(count)
        return tooMany || tooFar || time >= limit.milliseconds ? nil : Instant(milliseconds: time)
    }

    private static func instant(_ meaning: ZoneRules.Meaning) -> Instant {
        switch meaning {
        case .instant(let time), .skipped(_, let time): Instant(milliseconds: time * 1000)
        }
    }

    /// Nothing fires from here on, wherever the clock is: two days into 2200.
    private static let limit = Instant(
        milliseconds: Int64(Instant.days(TimeExpression.years.upperBound + 1, 1, 3)) * 86_400_000)
}

extension Instant {
    /// Whole seconds since 1970.
    fileprivate var secondsRoundedDown: Int64 {
        milliseconds / 1000 - (milliseconds % 1000 < 0 ? 1 : 0)
    }
}
