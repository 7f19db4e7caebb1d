import Core
import Platform

extension WireError {
    /// A refusal of the scheduler in AWS's codes and words, where they are known.
    init(_ error: ScheduleError) {
        switch error {
        case .missing(let name): self = .scheduleMissing("Schedule \(name) does not exist.")
        case .groupMissing(let name): self = .scheduleMissing("Schedule group \(name) does not exist.")
        case .exists(let name): self = .scheduleConflict("Schedule \(name) already exists.")
        case .groupExists(let name): self = .scheduleConflict("Schedule group \(name) already exists.")
        case .groupIsDeleting(let name): self = .scheduleConflict("Schedule group \(name) is being deleted.")
        case .changedMeanwhile(let name):
            self = .scheduleConflict("\(name) was changed by another request at the same time; try again.")
        case .defaultGroup: self = .scheduleInvalid("The default schedule group cannot be deleted.")
        case .badExpression(let text, let flaw):
            self = .scheduleInvalid("Invalid Schedule Expression \(text). Reason: at \(flaw).")
        case .badTimeZone(_, let flaw): self = .scheduleInvalid("ScheduleExpressionTimezone: \(flaw).")
        case .startTooEarly:
            self = .scheduleInvalid("The StartDate you specify cannot be earlier than 5 minutes ago.")
        case .endTooEarly:
            self = .scheduleInvalid("The EndDate you specify must be later than the StartDate and in the future.")
        case .malformedTarget: self = .scheduleInvalid("Provided Arn is not in correct format.")
        case .messageGroup(let arn):
            self.init(
                "ValidationException",
                "SqsParameters with a MessageGroupId belong to a FIFO queue, which needs them, and to nothing else: \(arn)"
            )
        case .eventParameters(let arn):
            self = .scheduleInvalid(
                "EventBridgeParameters belong to an event bus, which needs them, and to nothing else; their Source does "
                    + "not begin with 'aws.': \(arn.prefix(256))")
        case .unservedTarget(let arn):
            self = .scheduleInvalid(
                "The target \(arn.prefix(256)) is of a kind that is not served here yet: give the ARN of a Lambda "
                    + "function (arn:aws:lambda:REGION:ACCOUNT:function:NAME), of a queue "
                    + "(arn:aws:sqs:REGION:ACCOUNT:NAME), an event bus (arn:aws:events:REGION:ACCOUNT:event-bus/NAME), a "
                    + "standard topic (arn:aws:sns:REGION:ACCOUNT:NAME), or an operation that does not only read "
                    + "(arn:aws:scheduler:::aws-sdk:SERVICE:ACTION).")
        case .inputTooLarge(let limit): self = .scheduleInvalid("Input must have at most \(limit) bytes.")
        case .inputNotJSON(let byte):
            self = .scheduleInvalid("Input must be well-formed JSON for this target; it is not at byte \(byte).")
        case .tooManySchedules(let limit):
            self = WireError("ServiceQuotaExceededException", "There may be at most \(limit) schedules.")
        case .tooManyGroups(let limit):
            self = WireError("ServiceQuotaExceededException", "There may be at most \(limit) schedule groups.")
        case .tooManyTags(let limit): self = .scheduleInvalid("A schedule group may have at most \(limit) tags.")
        case .badToken: self = .scheduleInvalid("The NextToken is not one that this server gave out.")
        case .unreadable, .store, .keys:
            // The reason is for the operator; the caller can only try again.
            self = WireError(
                "InternalServerException", "The schedules cannot be read or written at the moment.", status: 500)
        }
    }

    private static func scheduleInvalid(_ message: String) -> WireError { WireError("ValidationException", message) }
    private static func scheduleConflict(_ message: String) -> WireError { WireError("ConflictException", message) }
    private static func scheduleMissing(_ message: String) -> WireError {
        WireError("ResourceNotFoundException", message)
    }
}
