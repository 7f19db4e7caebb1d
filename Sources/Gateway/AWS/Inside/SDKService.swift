import Platform

/// A service as AWS's SDK for Java calls it, whose names Step Functions and EventBridge Scheduler use.
struct SDKService {
    /// How the names of its errors begin: `Sqs`.
    let errorPrefix: String
    let model: ServiceModel

    /// The service that goes by a name such as `sfn`; `nil` for one that is not served.
    init?(named name: String) {
        guard let (signingName, errorPrefix) = Self.services[name],
            let model = ServiceCatalog.embedded.model(named: signingName)
        else { return nil }
        self.errorPrefix = errorPrefix
        self.model = model
    }

    /// The operation that goes by a name such as `sendMessage`, if it has one answer and not a stream of them.
    func operation(_ action: String) -> OperationModel? {
        guard let operation = model.operations[action.prefix(1).uppercased() + action.dropFirst()],
            operation.isServed, !operation.isStreaming
        else { return nil }
        return operation
    }

    private static let services: [String: (signingName: String, errorPrefix: String)] = [
        "cloudwatchlogs": ("logs", "CloudWatchLogs"), "dynamodb": ("dynamodb", "DynamoDb"),
        "eventbridge": ("events", "EventBridge"), "iam": ("iam", "Iam"), "kinesis": ("kinesis", "Kinesis"),
        "kms": ("kms", "Kms"), "lambda": ("lambda", "Lambda"), "s3": ("s3", "S3"),
        "scheduler": ("scheduler", "Scheduler"), "secretsmanager": ("secretsmanager", "SecretsManager"),
        "sfn": ("states", "Sfn"), "sns": ("sns", "Sns"), "sqs": ("sqs", "Sqs"), "ssm": ("ssm", "Ssm"),
        "sts": ("sts", "Sts"),
    ]
}

extension OperationModel {
    /// Whether the operation takes or gives a stream of events.
    fileprivate var isStreaming: Bool {
        [input, output].compactMap { $0 }.contains { member in
            shapes[member].members.contains { shapes[$0].isEventStream }
        }
    }
}
