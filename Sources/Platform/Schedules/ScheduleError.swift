import Core
import ScheduleExpression
import Storage

/// What can go wrong with a schedule or a group of schedules.
package enum ScheduleError: Error, Equatable {
    case missing(ScheduleName)
    case exists(ScheduleName)
    case groupMissing(ScheduleName)
    case groupExists(ScheduleName)
    case groupIsDeleting(ScheduleName)
    case defaultGroup
    case badExpression(String, ExpressionFlaw)
    case badTimeZone(String, ZoneFlaw)
    case startTooEarly
    case endTooEarly
    case malformedTarget
    case unservedTarget(String)
    /// A FIFO queue, and nothing else, needs the group of its messages.
    case messageGroup(String)
    /// An event bus, and nothing else, needs the source and the kind of the event; the source is none of AWS's.
    case eventParameters(String)
    case inputTooLarge(limit: Int)
    case inputNotJSON(byte: Int)
    case tooManySchedules(limit: Int)
    case tooManyGroups(limit: Int)
    case tooManyTags(limit: Int)
    case badToken
    case changedMeanwhile(ScheduleName)
    /// The record cannot be opened, or is not what was written.
    case unreadable(id: String)
    case store(StoreError)
    case keys(KeysError)
}

extension ScheduleError: StoreCaused {
    package var storeError: StoreError? {
        switch self {
        case .store(let error): error
        case .keys(let error): error.storeError
        default: nil
        }
    }
}
