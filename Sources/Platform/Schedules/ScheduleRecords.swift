import Core
import Storage

/// The records of schedules and their groups: sealed with the key of the group.
typealias ScheduleRecords = SealedRecords<ScheduleError>

extension ScheduleError: SealedRecordsError {}

extension SealedRecords where Failure == ScheduleError {
    static var schedules: String { "schedule" }
    static var groups: String { "schedule-group" }

    static func key(_ id: ScheduleID) -> RecordKey { RecordKey(kind: schedules, id: id.description) }
    static func key(_ group: ScheduleName) -> RecordKey { RecordKey(kind: groups, id: group.text) }
}
