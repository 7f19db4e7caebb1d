import Core
import Platform

extension WireError {
    /// A refusal of EventBridge in AWS's codes and words, where they are known.
    init(_ error: EventBusError) {
        switch error {
        case .busMissing(let name): self = .absent("Event bus \(name.prefix(256)) does not exist.")
        case .busExists(let name): self = .present("Event bus \(name) already exists.")
        case .defaultBus: self = .refused("Cannot delete event bus default.")
        case .busInUse(let name):
            self = .refused("Event bus \(name) cannot be deleted since it has rules or archives.")
        case .ruleMissing(let name, let bus): self = .absent("Rule \(name) does not exist on EventBus \(bus).")
        case .ruleHasTargets: self = .refused("Rule can't be deleted since it has targets.")
        case .ruleManaged(let name, let archive):
            self = WireError(
                "ManagedRuleException",
                "Rule \(name) is managed by \(ArchiveRule.manager): it belongs to archive \(archive), and goes with it."
            )
        case .neitherPatternNorSchedule:
            self = .refused("Parameter(s) EventPattern or ScheduleExpression must be specified.")
        case .scheduleElsewhere: self = .refused("ScheduleExpression is supported only on the default event bus.")
        case .badSchedule(let flaw):
            self = .refused("Parameter ScheduleExpression is not valid. Reason: at \(flaw).")
        case .badPattern(let flaw):
            self = WireError("InvalidEventPatternException", "Event pattern is not valid. Reason: \(flaw)")
        case .badTarget(_, let sentence): self = .refused(sentence)
        case .badPolicy(let reason): self = .refused("Parameter Policy is not valid. Reason: \(reason)")
        case .policyTooLong(let limit):
            self = WireError("PolicyLengthExceededException", "The policy may have at most \(limit) bytes.")
        case .noPolicy: self = .absent("EventBus does not have a policy.")
        case .statementMissing: self = .absent("Statement with the provided id does not exist.")
        case .resourceMissing(let arn): self = .absent("Resource \(arn.prefix(512)) does not exist.")
        case .archiveMissing(let name): self = .absent("Archive \(name.prefix(64)) does not exist.")
        case .archiveExists(let name): self = .present("Archive \(name) already exists.")
        case .replayMissing(let name): self = .absent("Replay \(name) does not exist.")
        case .replayExists(let name): self = .present("Replay \(name) already exists.")
        case .replayEnded(let name):
            self = WireError("IllegalStatusException", "Replay \(name) is not in a valid state for this operation.")
        case .badReplay(let sentence): self = .refused(sentence)
        case .connectionMissing(let name):
            self = .absent("Failed to describe the connection(s). Connection '\(name)' does not exist.")
        case .connectionExists(let name): self = .present("Connection \(name) already exists.")
        case .destinationMissing(let name):
            self = .absent("Failed to describe the api-destination(s). ApiDestination '\(name)' does not exist.")
        case .destinationExists(let name): self = .present("An api-destination '\(name)' already exists.")
        case .tooMany(.tags, let limit): self = .refused("There may be at most \(limit) tags.")
        case .tooMany:
            self = WireError(
                "LimitExceededException", "The requested resource exceeds the maximum number allowed.")
        case .badToken: self = .refused("The NextToken is not one that this server gave out.")
        case .changedMeanwhile:
            self = WireError(
                "ConcurrentModificationException", "It was changed by another request at the same time; try again.")
        case .unmatchable: self = .refused("The event cannot be matched.")
        case .unreadable, .store, .keys:
            // The reason is for the operator; the caller can only try again.
            self = WireError(
                "InternalException", "The event buses cannot be read or written at the moment.", status: 500)
        }
    }

    private static func refused(_ message: String) -> WireError { WireError("ValidationException", message) }
    private static func absent(_ message: String) -> WireError { WireError("ResourceNotFoundException", message) }
    private static func present(_ message: String) -> WireError {
        WireError("ResourceAlreadyExistsException", message)
    }
}
