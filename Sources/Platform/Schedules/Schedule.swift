import Core
import ScheduleExpression

/// A schedule as it is kept.
package struct Schedule: Hashable, Sendable, Codable {
    package var settings: ScheduleSettings
    package let created: Instant
    package var modified: Instant
    /// What a rate counts from: when the schedule was made, or when its times were last changed.
    var anchor: Instant
    /// What told the request that made it apart, so that the same request again is no error.
    let token: String?

    /// Who is told how what it calls ended; an update leaves it as it is.
    package var channels: ResultChannels?

    /// Within what time behind a fire time the target is called.
    var window: FlexibleWindow? { settings.window.flatMap { FlexibleWindow(minutes: $0) } }

    /// When it fires.
    func timetable(_ zones: ZoneFolder) throws(ScheduleError) -> Timetable {
        try settings.timetable(zones, anchor: anchor)
    }
}

/// A group of schedules.
package struct ScheduleGroup: Hashable, Sendable, Codable {
    package let created: Instant
    package var modified: Instant
    package var tags: [String: String]
    /// Whether its schedules are being deleted, and then it.
    package var isDeleting = false
    let token: String?

    /// How many tags a group may have.
    package static let tagLimit = 50
}
