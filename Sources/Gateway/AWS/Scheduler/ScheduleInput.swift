import Core
import Platform

extension SchedulerOperations.Request {
    /// What the input says of a schedule.
    func settings() throws -> ScheduleSettings {
        ScheduleSettings(
            expression: input["ScheduleExpression"]?.string ?? "",
            timeZone: input["ScheduleExpressionTimezone"]?.string ?? "UTC", start: try instant("StartDate"),
            end: try instant("EndDate"), isEnabled: input["State"]?.string != "DISABLED", window: try window(),
            deletesAfterCompletion: input["ActionAfterCompletion"]?.string == "DELETE",
            summary: input["Description"]?.string, keyARN: input["KmsKeyArn"]?.string, target: try target())
    }

    private func instant(_ member: String) throws -> Instant? {
        guard let seconds = input[member]?.timestamp else { return nil }
        guard (0..<253_402_300_800).contains(seconds) else {
            throw Self.invalid("\(member) lies beyond the years 1970 to 9999.")
        }
        return Instant(milliseconds: Int64(seconds * 1000))
    }

    private func window() throws -> Int? {
        let window = input["FlexibleTimeWindow"]
        let minutes = window?["MaximumWindowInMinutes"]?.int
        switch (window?["Mode"]?.string, minutes) {
        case ("FLEXIBLE", nil):
            throw Self.invalid("MaximumWindowInMinutes must be given if the Mode of FlexibleTimeWindow is FLEXIBLE.")
        case ("OFF", .some):
            throw Self.invalid("MaximumWindowInMinutes must not be given if the Mode of FlexibleTimeWindow is OFF.")
        default: return minutes
        }
    }

    private func target() throws -> ScheduleTarget {
        let target = input["Target"]
        let others = [
            "EcsParameters", "KinesisParameters", "SageMakerPipelineParameters",
        ]
        let role: RoleARN
        do { role = try RoleARN(target?["RoleArn"]?.string ?? "") } catch {
            throw Self.invalid("RoleArn is not the ARN of a role.")
        }
        let made = try ScheduleTarget(
            arn: target?["Arn"]?.string ?? "", role: role, input: target?["Input"]?.string,
            retry: retry(target?["RetryPolicy"]), deadLetter: target?["DeadLetterConfig"]?["Arn"]?.string,
            messageGroup: target?["SqsParameters"]?["MessageGroupId"]?.string,
            event: target?["EventBridgeParameters"].map { parameters in
                ScheduleTarget.EventParameters(
                    detailType: parameters["DetailType"]?.string ?? "", source: parameters["Source"]?.string ?? "")
            })
        if let operation = ServedOperation(universalTarget: made.arn),
            SDKService(named: operation.service)?.operation(operation.action) == nil
        {
            throw Self.invalid("The operation \(operation) is not provided here; \(made.arn) is no target.")
        }
        if let other = others.first(where: { target?[$0] != nil }) {
            throw Self.invalid("\(other) do not belong to this kind of target.")
        }
        return made
    }

    private func retry(_ value: WireValue?) -> DeliveryRetry? {
        value.map { value in
            DeliveryRetry(
                attempts: value["MaximumRetryAttempts"]?.int ?? DeliveryRetry.standard.attempts,
                age: value["MaximumEventAgeInSeconds"]?.int ?? DeliveryRetry.standard.age)
        }
    }

    private static func invalid(_ message: String) -> WireError { WireError("ValidationException", message) }
}
