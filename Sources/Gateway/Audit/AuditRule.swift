import Platform

/// Which calls the audit trail keeps, and whether their answer waits for it; a call that is denied is always kept.
///
/// An operation is of the data plane if it is in the one list here. Every other operation manages something: one that only
/// reads is kept soon, one that has an effect or gives out a secret is kept before it is answered. So an operation that
/// is added later is kept, and waited for, unless somebody says otherwise here.
enum AuditRule: Equatable {
    /// The data plane: only a denial is kept.
    case denialsOnly
    case soon
    case beforeAnswer
    /// The one thing that is done even while nothing can be kept, an emergency stop; kept before the answer if it can be.
    case evenUnkept

    /// The rule for an operation of a service.
    init(service: String, operation: String) {
        let name = "\(service):\(operation)"
        if Self.dataPlane.contains(name) {
            self = .denialsOnly
        } else if name == "martlet:StopCalls" {
            self = .evenUnkept
        } else if Self.revealing.contains(name) || !Self.reads.contains(where: operation.hasPrefix) {
            self = .beforeAnswer
        } else {
            self = .soon
        }
    }

    /// Whether a call that ended so is kept.
    func keeps(_ outcome: AuditRecord.Outcome) -> Bool {
        if case .denied = outcome { true } else { self != .denialsOnly }
    }

    private static let dataPlane: Set<String> = [
        "lambda:Invoke", "lambda:InvokeAsync", "lambda:InvokeWithResponseStream", "lambda:CheckpointDurableExecution",
        "lambda:SendDurableExecutionCallbackFailure", "lambda:SendDurableExecutionCallbackHeartbeat",
        "lambda:SendDurableExecutionCallbackSuccess", "lambda:GetDurableExecutionState", "logs:PutLogEvents",
        "logs:GetLogEvents", "logs:FilterLogEvents", "logs:StartLiveTail", "logs:StartQuery", "logs:StopQuery",
        "logs:GetQueryResults", "sqs:SendMessage", "sqs:SendMessageBatch", "sqs:ReceiveMessage", "sqs:DeleteMessage",
        "sqs:DeleteMessageBatch", "sqs:ChangeMessageVisibility", "sqs:ChangeMessageVisibilityBatch",
        "events:PutEvents", "events:TestEventPattern", "martlet:TailEvents",
        "sns:Publish", "sns:PublishBatch", "states:StartExecution", "states:StartSyncExecution",
        "states:SendTaskSuccess", "states:SendTaskFailure", "states:SendTaskHeartbeat", "states:GetActivityTask",
        "states:ValidateStateMachineDefinition", "states:TestState",
    ]

    /// How the names of operations begin that change nothing.
    private static let reads = ["Get", "List", "Describe", "Filter", "Simulate", "Decode", "Explain"]

    /// Operations whose names say that they read, but whose answers hold credentials, code or a payload.
    private static let revealing: Set<String> = [
        "sts:GetSessionToken", "sts:GetFederationToken", "lambda:GetFunction", "lambda:GetLayerVersion",
        "lambda:GetLayerVersionByArn", "martlet:GetDeadLetter", "martlet:ExplainEvent", "martlet:TailEvents",
        "scheduler:GetSchedule", "events:ListTargetsByRule", "states:DescribeExecution", "states:GetExecutionHistory",
    ]
}
