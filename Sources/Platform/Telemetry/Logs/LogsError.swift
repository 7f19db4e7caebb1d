import Core

/// Why a call about logs is refused.
package enum LogsError: Error, Equatable {
    case groupExists(LogGroupName)
    case groupMissing(LogGroupName)
    case streamExists(LogStreamName)
    case streamMissing(LogStreamName)
    case badRetention(days: Int)
    case badToken
    /// What is wrong with a filter pattern, and at which of its characters, counted from 1.
    case badPattern(reason: String, character: Int)
    /// Events are to be put in the order of their times.
    case notInOrder
    case batchTooLarge(limit: Int)
    case tooManyTags(limit: Int)
    /// Events out of order are more than can be sorted for one answer; a narrower time helps.
    case tooMuchToSort
    case tooManyFollowers(limit: Int)
    /// Somebody else keeps changing the same thing.
    case contended
    /// A stored entry is not what was written.
    case damaged
}
