import Core

/// What the results of AWS's operations look like, as far as mocked results are checked against it.
///
/// The shapes are cut out of the public service models; each file is read when a test needs it, and not kept.
struct ResultShapes: Sendable {
    private let files: [String: String]

    /// The shapes that travel inside the binary.
    static let embedded = ResultShapes(base64: Embedded.files)

    /// Takes files as base64, by the service's name in resources and `.json`.
    init(base64 files: [String: String]) { self.files = files }

    /// What the result of a task looks like; `nil` where that is not known, and anything will do.
    func shape(of target: TaskTarget) -> ResultShape? {
        guard case .service(let type, let action) = target, let operation = Self.operation(type, action),
            let file = files[Self.file(type) + ".json"], let bytes = Base64.decode(file),
            // The files are our own; one that does not parse is as good as absent, and a test reads each.
            let model = try? JSON(parsing: bytes), let name = model["operations"]?[operation]?.string
        else { return nil }
        let isPlain = type == "lambda" && operation == "Invoke"
        return ResultShape(
            shapes: model["shapes"]?.object ?? JSONObject(), root: name, unchecked: isPlain ? ["Payload"] : [])
    }

    /// Integrations that Step Functions has a name of its own for, beside those it takes from the SDK.
    private static func file(_ type: String) -> String {
        switch type {
        case "states": "sfn"
        case "events": "eventbridge"
        case "elasticmapreduce": "emr"
        case "emr-containers": "emrcontainers"
        case "emr-serverless": "emrserverless"
        case "bedrock-runtime": "bedrockruntime"
        default: type.hasPrefix("aws-sdk:") ? String(type.dropFirst(8)) : type
        }
    }

    /// The operation whose result the task has; none where someone outside says what the result is.
    private static func operation(_ type: String, _ action: String) -> String? {
        let parts = action.split(separator: ".", maxSplits: 1)
        guard let name = parts.first else { return nil }
        if parts.count > 1 {
            // A nested execution that is waited for is described in the end.
            return parts[1].hasPrefix("sync") && type == "states" ? "DescribeExecution" : nil
        }
        if type == "bedrock", name == "invokeModel" { return nil }
        return name.prefix(1).uppercased() + name.dropFirst()
    }
}
