import Core
import StatesLanguage

/// What a task wants of a service: `sqs:sendMessage.waitForTaskToken`, or `aws-sdk:sqs:sendMessage`.
///
/// Source: Step Functions developer guide, "Integrating services", and "AWS SDK service integrations".
struct Integration: Equatable {
    /// When the task is over.
    enum Pattern: Equatable {
        /// With the answer.
        case answer
        /// When the execution that it begins is; its output is given as text, or as the JSON that it is.
        case execution(parsed: Bool)
        /// When somebody who was given its token says so.
        case token
    }

    /// How results and errors look.
    enum Style: Equatable {
        /// As the SDK for Java has them.
        case sdk
        /// With the facts of the answer, and errors named as by the first version of that SDK.
        case optimized(prefix: String, service: String)
    }

    let operation: ServedOperation
    let pattern: Pattern
    let style: Style

    /// Reads what the events of a task call its type and its resource; `nil` for what is none.
    init?(type: String, action: String) {
        let parts = action.split(separator: ".", maxSplits: 1).map(String.init)
        guard let name = parts.first else { return nil }
        switch parts.count > 1 ? parts[1] : nil {
        case nil: pattern = .answer
        case "sync"?: pattern = .execution(parsed: false)
        case "sync:2"?: pattern = .execution(parsed: true)
        case "waitForTaskToken"?: pattern = .token
        default: return nil
        }
        if type.hasPrefix("aws-sdk:") {
            guard let operation = ServedOperation("\(type.dropFirst(8)):\(name)"[...]) else { return nil }
            self.operation = operation
            style = .sdk
        } else {
            guard let (service, prefix, old) = Self.optimized["\(type):\(name)"],
                let operation = ServedOperation("\(service):\(name)"[...])
            else { return nil }
            self.operation = operation
            style = .optimized(prefix: prefix, service: old)
        }
        if case .execution = pattern { guard type == "states", name == "startExecution" else { return nil } }
    }

    private static let optimized = [
        "sqs:sendMessage": ("sqs", "SQS", "AmazonSQS"), "sns:publish": ("sns", "SNS", "AmazonSNS"),
        "events:putEvents": ("eventbridge", "EventBridge", "AmazonEventBridge"),
        "states:startExecution": ("sfn", "StepFunctions", "AWSStepFunctions"),
    ]

    /// The parameters of a call.
    func parameters(_ call: TaskCall) -> JSON {
        guard var object = call.order.arguments.object, case .optimized = style else { return call.order.arguments }
        if operation.description == "eventbridge:putEvents", let entries = object["Entries"]?.array {
            // Events say by whose execution they were put.
            let resources: [JSON] = [.string(call.executionARN.description), .string(call.machineARN.description)]
            object["Entries"] = .array(
                entries.map { entry in
                    guard var entry = entry.object else { return entry }
                    entry["Resources"] = .array((entry["Resources"]?.array ?? []) + resources)
                    return .object(entry)
                })
        }
        return .object(object)
    }

    /// What the task gives.
    func result(_ answer: ServedAnswer, _ id: RequestID) -> JSON {
        guard case .optimized = style, var result = answer.output.object else { return answer.output }
        let facts: [(String, JSON)] = [
            ("x-amzn-RequestId", .string(id.description)), ("connection", "keep-alive"),
            ("Content-Length", .string(String(answer.size))), ("Date", .string(answer.date)),
            ("Content-Type", .string(answer.contentType)),
        ]
        result["SdkHttpMetadata"] = [
            "AllHttpHeaders": .object(JSONObject(facts.map { ($0.0, .array([$0.1])) })),
            "HttpHeaders": .object(JSONObject(facts)), "HttpStatusCode": .number(JSONNumber(Int64(answer.status))),
        ]
        result["SdkResponseMetadata"] = ["RequestId": .string(id.description)]
        if operation.description == "sfn:startExecution", let start = result["StartDate"]?.string,
            let time = Timestamp(start)
        {
            result["StartDate"] = .number(JSONNumber(time.instant.milliseconds))
        }
        return .object(result)
    }

    /// What became of a task whose operation answered, and yet did not do all of it.
    func failure(in answer: ServedAnswer) -> (error: String, cause: String)? {
        guard case .optimized = style, operation.description == "eventbridge:putEvents",
            let failed = answer.output["FailedEntryCount"]?.integer, failed > 0
        else { return nil }
        return ("EventBridge.FailedEntry", answer.output.text)
    }

    /// The error of a task, in the words of AWS.
    func failure(_ fault: ServedFault, _ id: RequestID) -> (error: String, cause: String) {
        switch (fault.kind, style) {
        case (.malformed, _), (.notServed, _):
            return (
                ErrorName.runtime, "The Parameters could not be used to start the Task: [\(fault.message)]"
            )
        case (_, .sdk):
            return (
                "\(fault.service).\(fault.exception ?? fault.service + "Exception")",
                "\(fault.message) (Service: \(fault.service), Status Code: \(fault.status), Request ID: \(id))"
            )
        case (_, .optimized(let prefix, let service)):
            return (
                "\(prefix).\(fault.exception ?? service + "Exception")",
                "\(fault.message) (Service: \(service); Status Code: \(fault.status); Error Code: \(fault.code); "
                    + "Request ID: \(id); Proxy: null)"
            )
        }
    }
}
