import Core

/// How a test of a state ended.
package struct StateTestAnswer: Hashable, Sendable {
    /// How the state ended, in the service's words.
    package enum Status: String, Hashable, Sendable {
        case succeeded = "SUCCEEDED"
        case failed = "FAILED"
        case retriable = "RETRIABLE"
        case caughtError = "CAUGHT_ERROR"
    }

    package var status: Status
    package var output: JSON?
    package var error: String?
    package var cause: String?
    package var nextState: String?
    package var inspection: Inspection

    /// The answer of the service's API; the inspection only where it is asked for.
    package func members(withInspection: Bool) -> JSONObject {
        var members = JSONObject([("status", .string(status.rawValue))])
        if let output { members["output"] = .string(output.text) }
        if let error { members["error"] = .string(error) }
        if let cause { members["cause"] = .string(cause) }
        if let nextState { members["nextState"] = .string(nextState) }
        if withInspection { members["inspectionData"] = .object(inspection.members) }
        return members
    }
}

extension Inspection {
    /// The inspection as the service's API has it: data as text.
    var members: JSONObject {
        let data: [(String, JSON?)] = [
            ("input", input), ("afterInputPath", afterInputPath), ("afterParameters", afterParameters),
            ("afterArguments", afterArguments), ("afterItemsPath", afterItemsPath),
            ("afterItemsPointer", afterItemsPointer), ("afterItemSelector", afterItemSelector),
            ("afterItemBatcher", afterItemBatcher), ("result", result), ("afterResultSelector", afterResultSelector),
            ("afterResultPath", afterResultPath),
        ]
        var members = JSONObject(data.compactMap { name, value in value.map { (name, .string($0.text)) } })
        if let variables {
            members["variables"] = .string(JSON.object(JSONObject(variables.sorted { $0.key < $1.key })).text)
        }
        if let maximumConcurrency { members["maxConcurrency"] = Self.number(maximumConcurrency) }
        if let toleratedFailureCount { members["toleratedFailureCount"] = Self.number(toleratedFailureCount) }
        if let toleratedFailurePercentage {
            members["toleratedFailurePercentage"] = JSONNumber(toleratedFailurePercentage).map(JSON.number)
        }
        var details = JSONObject()
        if let catchIndex { details["catchIndex"] = Self.number(catchIndex) }
        if let retryIndex { details["retryIndex"] = Self.number(retryIndex) }
        if let retryBackoffSeconds { details["retryBackoffIntervalSeconds"] = Self.number(retryBackoffSeconds) }
        if !details.isEmpty { members["errorDetails"] = .object(details) }
        if let request { members["request"] = request }
        if let response { members["response"] = response }
        return members
    }

    private static func number(_ value: Int) -> JSON { .number(JSONNumber(Int64(value))) }
}
