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
        self.init(
            timetable, age: (schedule.settings.target.retry ?? .standard).age, window: schedule.window, id, due: time,
            now: now)
    }

    /// Decides about something whose time has come, and which is not to be done once it is `age` seconds late.
    init(
        _ timetable: Timetable, age: Int, window: FlexibleWindow?, _ id: ScheduleID, due time: FireTime, now: Instant
    ) {
        guard now.milliseconds - time.call.milliseconds > Self.patience else {
            fires = time.scheduled
            missed = 0
            next = Self.fireTime(behind: time.scheduled, timetable, window, id)
            return
        }
        let before = time.scheduled.advanced(milliseconds: -1)
        let latest = timetable.latestFireTime(after: before, through: now) ?? time.scheduled
        fires = now.milliseconds - latest.milliseconds <= Int64(age) * 1000 ? latest : nil
        let passed = timetable.fireTimes(after: before).prefix(Self.countLimit).prefix { $0 <= latest }
        missed = max(0, passed.reduce(0) { count, _ in count + 1 } - (fires == nil ? 0 : 1))
        next = Self.fireTime(behind: latest, timetable, window, id)
    }

    /// The next time behind an instant, and when the target of a schedule is called for it.
    static func fireTime(
        behind instant: Instant, _ timetable: Timetable, _ schedule: Schedule, _ id: ScheduleID
    ) -> FireTime? {
        fireTime(behind: instant, timetable, schedule.window, id)
    }

    /// The next time behind an instant, and when something is done for it.
    static func fireTime(
        behind instant: Instant, _ timetable: Timetable, _ window: FlexibleWindow?, _ id: ScheduleID
    ) -> FireTime? {
        guard let scheduled = timetable.nextFireTime(after: instant) else { return nil }
        let delay = window?.delay(of: id.description, at: scheduled) ?? 0
        return FireTime(scheduled: scheduled, call: scheduled.advanced(milliseconds: delay))
    }
}
