import Core
import EventPattern
import ScheduleExpression
import Storage

/// What can go wrong with an event bus and what belongs to it.
package enum EventBusError: Error, Equatable {
    /// What there can be too many of.
    package enum Countable: Sendable {
        case buses, rules, targets, tags, archives, replays, connections, destinations
    }

    case busMissing(String)
    case busExists(EventBusName)
    case defaultBus
    case busInUse(EventBusName)
    case ruleMissing(RuleName, EventBusName)
    case ruleHasTargets
    /// It belongs to an archive, and only that changes it.
    case ruleManaged(RuleName, archive: RuleName)
    case neitherPatternNorSchedule
    case scheduleElsewhere
    case badSchedule(ExpressionFlaw)
    case badPattern(PatternError)
    case badTarget(id: String, String)
    case badPolicy(String)
    case policyTooLong(limit: Int)
    case noPolicy
    case statementMissing
    case resourceMissing(String)
    case archiveMissing(String)
    case archiveExists(RuleName)
    case replayMissing(RuleName)
    case replayExists(RuleName)
    case replayEnded(RuleName)
    case badReplay(String)
    case connectionMissing(String)
    case connectionExists(RuleName)
    case destinationMissing(String)
    case destinationExists(RuleName)
    case tooMany(Countable, limit: Int)
    case badToken
    case changedMeanwhile
    /// The event cannot be matched; the reason is for whoever sent it.
    case unmatchable(EventError)
    /// The record cannot be opened, or is not what was written.
    case unreadable(id: String)
    case store(StoreError)
    case keys(KeysError)
}

extension EventBusError: SealedRecordsError {}

extension EventBusError: StoreCaused {
    package var storeError: StoreError? {
        switch self {
        case .store(let error): error
        case .keys(let error): error.storeError
        default: nil
        }
    }
}
