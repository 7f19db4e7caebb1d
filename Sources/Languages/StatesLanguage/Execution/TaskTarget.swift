/// What a resource is, as events tell it apart.
package enum TaskTarget: Hashable, Sendable {
    case function
    case activity
    /// An integration: `sqs` and `sendMessage.waitForTaskToken`.
    case service(type: String, action: String)

    /// Reads the ARN of a resource.
    init(resource: String) {
        let parts = resource.split(separator: ":", maxSplits: 6, omittingEmptySubsequences: false).map(String.init)
        if parts.count >= 3, parts[2] == "lambda" {
            self = .function
        } else if parts.count > 6, parts[2] == "states", parts[5] == "activity" {
            self = .activity
        } else if parts.count > 5, parts[2] == "states" {
            // The account and region of `arn:aws:states:::` are empty.
            var rest = parts[5...].joined(separator: ":").split(separator: ":").map(String.init)
            // The colon of `startExecution.sync:2` is a part of the action.
            if rest.count > 1, rest[rest.count - 2].hasSuffix(".sync") {
                let version = rest.removeLast()
                rest[rest.count - 1] += ":" + version
            }
            self = .service(type: rest.dropLast().joined(separator: ":"), action: rest.last ?? "")
        } else {
            self = .service(type: parts.count > 2 ? parts[2] : "", action: resource)
        }
    }

    /// What of it no express execution can do: wait for what lasts longer than itself.
    var waitsForOthers: String? {
        guard case .service(_, let action) = self else { return self == .activity ? "activities" : nil }
        if action.hasSuffix(".waitForTaskToken") { return "'.waitForTaskToken' service integration" }
        return action.contains(".sync") ? "'.sync' service integration" : nil
    }

    /// Whether the task is over when an execution is that it begins.
    package var waitsForExecution: Bool {
        if case .service("states", let action) = self { action.hasPrefix("startExecution.sync") } else { false }
    }

    /// Whether someone else says when the task is done.
    package var waitsForToken: Bool {
        if case .service(_, let action) = self { action.hasSuffix(".waitForTaskToken") } else { self == .activity }
    }
}
