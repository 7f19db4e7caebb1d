import Core
import Platform

/// Refusals of SQS in AWS's codes and words.
enum SQSError {
    /// What the caller is told; what is the server's own fault stays as it is, for the server's log.
    static func wire(_ error: QueueError) -> any Error { refusal(error) ?? error }

    /// What the caller is told of what is its own fault.
    static func refusal(_ error: QueueError) -> WireError? {
        switch error {
        case .missing: refused("QueueDoesNotExist", "The specified queue does not exist.")
        case .exists(let attribute):
            refused(
                "QueueNameExists",
                "A queue already exists with the same name and a different value for attribute \(attribute)")
        case .deletedRecently:
            refused(
                "QueueDeletedRecently",
                "You must wait 60 seconds after deleting a queue before you can create another with the same name.")
        case .purgedRecently(let name):
            WireError(
                "PurgeQueueInProgress", "Only one PurgeQueue operation on \(name) is allowed every 60 seconds.",
                status: 403)
        case .unknownAttribute(let name): refused("InvalidAttributeName", "Unknown Attribute \(name.prefix(256)).")
        case .badAttribute(let name, let reason):
            refused("InvalidAttributeValue", "Invalid value for the parameter \(name). Reason: \(reason)")
        case .badValue(let value, let parameter, let reason):
            invalid("Value \(value.prefix(512)) for parameter \(parameter) is invalid. Reason: \(reason)")
        case .badRequest(let sentence): invalid(sentence)
        case .parameterMissing(let name): missing(name)
        case .attributeEmpty(let name, let type):
            invalid("Message (user) attribute '\(name)' must contain a non-empty value of type '\(type)'.")
        case .badCharacters:
            refused(
                "InvalidMessageContents",
                "Invalid characters found. Valid unicode characters are #x9 | #xA | #xD | #x20 to #xD7FF | #xE000 to "
                    + "#xFFFD | #x10000 to #x10FFFF")
        case .badReceipt: refused("ReceiptHandleIsInvalid", "The input receipt handle is invalid.")
        case .receiptExpired(let receipt):
            invalid(
                "Value \(receipt.prefix(512)) for parameter ReceiptHandle is invalid. "
                    + "Reason: The receipt handle has expired.")
        case .notInFlight: refused("MessageNotInflight", "The message referred to isn't in flight.")
        case .full: refused("OverLimit", "The queue holds as many messages as it may.")
        case .crowded: refused("OverLimit", "Too many messages in flight.")
        case .noSuchSource:
            refused(
                "ResourceNotFoundException",
                "The resource that you specified for the SourceArn or DestinationArn parameter doesn't exist.")
        case .noSuchMove: refused("ResourceNotFoundException", "Task does not exist.")
        case .moveRunning:
            refused(
                "UnsupportedOperation",
                "There is already a task running. Only one active task is allowed for a source queue arn at a given time."
            )
        case .moveNotRunning: refused("UnsupportedOperation", "Only active tasks can be cancelled.")
        case .tooManyTags(let limit): invalid("Too many tags added for queue: at most \(limit) are allowed.")
        case .contended:
            refused("RequestThrottled", "The queue is being changed by others at the same time. Please try again.")
        case .damaged, .storageFailed: nil
        }
    }

    /// A parameter is not there.
    static func missing(_ name: String) -> WireError {
        refused("MissingParameter", "The request must contain the parameter \(name).")
    }

    static func invalid(_ sentence: String) -> WireError { refused("InvalidParameterValue", sentence) }

    private static func refused(_ code: String, _ message: String) -> WireError {
        WireError(code, message, status: 400)
    }
}
