import Core
import ScheduleExpression

/// What is to be done about a fire time that has come: pure.
///
/// A time that comes up within a minute of when it should is fired: that is EventBridge Scheduler's precision. What comes
/// up later was missed, because the server was stopped or overloaded. Of all times that were missed the latest is fired,
/// once, unless it is older than what could not be delivered may become; the others are only counted.
struct FiringPlan: Equatable {
    /// How late a time may come up without having been missed, in milliseconds.
    static let patience: Int64 = 60_000
    /// Missed times are counted up to here.
    static let countLimit = 1000

    /// The time that is fired; `nil` if all were missed for too long.
    let fires: Instant?
    let missed: Int
    /// `nil` if the schedule is complete.
    let next: FireTime?

    /// Decides about a schedule whose time has come.
    init(_ timetable: Timetable, _ schedule: Schedule, _ id: ScheduleID, due time: FireTime, now: Instant) {
        guard now.milliseconds - time.call.milliseconds > Self.patience else {
            fires = time.scheduled
            missed = 0
            next = Self.fireTime(behind: time.scheduled, timetable, schedule, id)
            return
        }
        let before = time.scheduled.advanced(milliseconds: -1)
        let latest = timetable.latestFireTime(after: before, through: now) ?? time.scheduled
        let age = Int64((schedule.settings.target.retry ?? .standard).age) * 1000
        fires = now.milliseconds - latest.milliseconds <= age ? latest : nil
        let passed = timetable.fireTimes(after: before).prefix(Self.countLimit).prefix { $0 <= latest }
        missed = max(0, passed.reduce(0) { count, _ in count + 1 } - (fires == nil ? 0 : 1))
        next = Self.fireTime(behind: latest, timetable, schedule, id)
    }

    /// The next time behind an instant, and when the target is called for it.
    static func fireTime(
        behind instant: Instant, _ timetable: Timetable, _ schedule: Schedule, _ id: ScheduleID
    ) -> FireTime? {
        guard let scheduled = timetable.nextFireTime(after: instant) else { return nil }
        let window = schedule.settings.window.flatMap { FlexibleWindow(minutes: $0) }
        let delay = window?.delay(of: id.description, at: scheduled) ?? 0
        return FireTime(scheduled: scheduled, call: scheduled.advanced(milliseconds: delay))
    }
}
