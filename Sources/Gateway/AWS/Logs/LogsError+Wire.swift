import Core
import Platform

extension WireError {
    /// A refusal of the logs in AWS's codes and words.
    init(_ error: LogsError) {
        switch error {
        case .groupExists: self = .exists("The specified log group already exists")
        case .streamExists: self = .exists("The specified log stream already exists")
        case .groupMissing: self = .logsMissing("The specified log group does not exist.")
        case .streamMissing: self = .logsMissing("The specified log stream does not exist.")
        case .badRetention(let days):
            let values = LogGroup.retentions.map(String.init).joined(separator: ", ")
            self = .logsParameter(
                "1 validation error detected: Value '\(days)' at 'retentionInDays' failed to satisfy constraint: "
                    + "Member must satisfy enum value set: [\(values)]")
        case .badToken: self = .logsParameter("The specified nextToken is invalid.")
        case .badPattern(let reason, let character):
            self = .logsParameter("Invalid filter pattern: \(reason) (at character \(character)).")
        case .notInOrder:
            self = .logsParameter("Log events in a single PutLogEvents request must be in chronological order.")
        case .batchTooLarge(let limit): self = .logsParameter("Upload too large: it exceeds the limit of \(limit)")
        case .tooManyTags(let limit):
            self = WireError("TooManyTagsException", "A log group may have at most \(limit) tags.", status: 400)
        case .tooMuchToSort:
            self = .logsParameter("Too many log streams or events match: ask for a narrower time or fewer streams.")
        case .tooManyFollowers(let limit):
            self = WireError("LimitExceededException", "At most \(limit) sessions can watch logs.", status: 400)
        case .contended:
            self = WireError(
                "OperationAbortedException",
                "A conflicting operation is currently in progress against this resource. Please try again.",
                status: 400)
        case .damaged: self = WireError("ServiceUnavailableException", "Stored log events are damaged.")
        }
    }

    static func logsParameter(_ message: String) -> WireError {
        WireError("InvalidParameterException", message, status: 400)
    }

    private static func exists(_ message: String) -> WireError {
        WireError("ResourceAlreadyExistsException", message, status: 400)
    }

    private static func logsMissing(_ message: String) -> WireError {
        WireError("ResourceNotFoundException", message, status: 400)
    }
}
