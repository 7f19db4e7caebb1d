import Core
import Platform

extension WireValue {
    /// All that is said of a schedule.
    static func schedule(_ schedule: Schedule, _ id: ScheduleID, arn: ARN) -> WireValue {
        let settings = schedule.settings
        return [
            "ActionAfterCompletion": settings.deletesAfterCompletion ? "DELETE" : "NONE",
            "Arn": .string(arn.description), "CreationDate": .timestamp(schedule.created.seconds),
            "Description": WireValue(settings.summary), "EndDate": .date(settings.end),
            "FlexibleTimeWindow": [
                "Mode": settings.window == nil ? "OFF" : "FLEXIBLE",
                "MaximumWindowInMinutes": WireValue(settings.window),
            ],
            "GroupName": .string(id.group.text), "KmsKeyArn": WireValue(settings.keyARN),
            "LastModificationDate": .timestamp(schedule.modified.seconds), "Name": .string(id.name.text),
            "ScheduleExpression": .string(settings.expression),
            "ScheduleExpressionTimezone": .string(settings.timeZone), "StartDate": .date(settings.start),
            "State": .state(settings), "Target": .target(settings.target),
        ]
    }

    /// What a list says of a schedule.
    static func summary(_ schedule: Schedule, _ id: ScheduleID, arn: ARN) -> WireValue {
        [
            "Arn": .string(arn.description), "CreationDate": .timestamp(schedule.created.seconds),
            "GroupName": .string(id.group.text), "LastModificationDate": .timestamp(schedule.modified.seconds),
            "Name": .string(id.name.text), "State": .state(schedule.settings),
            "Target": ["Arn": .string(schedule.settings.target.arn)],
        ]
    }

    /// A group of schedules.
    static func group(_ group: ScheduleGroup, _ name: String, arn: ARN) -> WireValue {
        [
            "Arn": .string(arn.description), "CreationDate": .timestamp(group.created.seconds),
            "LastModificationDate": .timestamp(group.modified.seconds), "Name": .string(name),
            "State": group.isDeleting ? "DELETING" : "ACTIVE",
        ]
    }

    private static func date(_ instant: Instant?) -> WireValue { instant.map { .timestamp($0.seconds) } ?? .null }

    private static func state(_ settings: ScheduleSettings) -> WireValue {
        settings.isEnabled ? "ENABLED" : "DISABLED"
    }

    /// The retry policy is said even where nobody set it, as AWS does.
    private static func target(_ target: ScheduleTarget) -> WireValue {
        let retry = target.retry ?? .standard
        return [
            "Arn": .string(target.arn), "RoleArn": .string(target.role.text), "Input": WireValue(target.input),
            "RetryPolicy": [
                "MaximumEventAgeInSeconds": .integer(Int64(retry.age)),
                "MaximumRetryAttempts": .integer(Int64(retry.attempts)),
            ],
            "SqsParameters": target.messageGroup.map { ["MessageGroupId": .string($0)] } ?? .null,
            "EventBridgeParameters": target.event.map { event in
                ["DetailType": .string(event.detailType), "Source": .string(event.source)]
            } ?? .null,
            "DeadLetterConfig": target.deadLetter.map { ["Arn": .string($0)] } ?? .null,
        ]
    }
}
