import Core
import EventPattern
import Platform

extension WireError {
    /// A refusal of an event source mapping in AWS's codes and words.
    init(_ error: EventSourceError) {
        switch error {
        case .missing: self = Self.missing("The resource you requested does not exist.")
        case .exists(let id, let queue, let function):
            self = WireError(
                "ResourceConflictException",
                "An event source mapping with SQS arn (\" \(queue) \") and function (\" \(function) \") already exists. "
                    + "Please update or delete the existing mapping with UUID \(id)", status: 409)
        case .inUse:
            self = WireError(
                "ResourceInUseException", "Cannot update the event source mapping because it is in use.", status: 400)
        case .functionMissing(let arn): self = Self.missing("Function not found: \(arn)")
        case .unknownSource(let arn):
            self = .invalidParameter(
                "Unrecognized event source, must be sqs. Unsupported source arn: \(arn.prefix(512))")
        case .queueMissing:
            self = .invalidParameter(
                "Error occurred while ReceiveMessage. SQS Error Code: AWS.SimpleQueueService.NonExistentQueue. "
                    + "SQS Error Message: The specified queue does not exist.")
        case .roleNotAssumable:
            self = .invalidParameter(
                "The function's execution role cannot be assumed by Lambda. Please add Lambda as a Trusted Entity of "
                    + "the role.")
        case .notAllowed(let operation):
            self = .invalidParameter(
                "The provided execution role does not have permissions to call \(operation) on SQS")
        case .visibilityTooShort(let visibility, let timeout):
            self = .invalidParameter(
                "Queue visibility timeout: \(visibility) seconds is less than Function timeout: \(timeout) seconds")
        case .batchTooLarge: self = .invalidParameter("The batch size or the batching window is not valid.")
        case .windowMissing:
            self = .invalidParameter(
                "Maximum batch window in seconds must be greater than 0 if maximum batch size is greater than 10")
        case .windowOnFIFO:
            self = .invalidParameter("Batching window is not supported for FIFO queues")
        case .batchTooLargeForFIFO:
            self = .invalidParameter("Maximum batch size must be less than or equal to 10 for FIFO queues")
        case .badConcurrency: self = .invalidParameter("MaximumConcurrency must be between 2 and 1000.")
        case .badFilter(let flaw): self = .invalidParameter(flaw.sentence)
        case .badTag(let key): self = WireError(FunctionError.tagMalformed(key))
        case .tooManyTags(let limit): self = WireError(FunctionError.tooMany(what: "tags", limit: limit))
        case .tooMany(let limit): self = .invalidParameter("There may be at most \(limit) event source mappings.")
        case .storageFailed:
            // The reason is for the operator; the caller can only try again.
            self = WireError("ServiceException", "The server failed to read or write its store.", status: 500)
        }
    }

    private static func missing(_ message: String) -> WireError {
        WireError("ResourceNotFoundException", message, status: 404)
    }
}

extension EventSourceFilterFlaw {
    /// What is wrong, for the one who wrote the patterns.
    fileprivate var sentence: String {
        switch self {
        case .tooManyPatterns(let limit): "Invalid filter criteria: there may be at most \(limit) filters."
        case .badPattern(let number, let error):
            "Invalid filter pattern definition. Filter \(number + 1): \(error)"
        }
    }
}
