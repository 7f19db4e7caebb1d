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
            // The account and region of `arn:aws:states:::` are empty; a version may follow the action: `sync:2`.
            let rest = parts.count > 6 ? parts[6] : ""
            let pieces = rest.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            if parts[5] == "aws-sdk", pieces.count == 2 {
                self = .service(type: "aws-sdk:" + pieces[0], action: pieces[1])
            } else {
                self = .service(type: parts[5], action: rest)
            }
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

    /// Whether someone else says when the task is done.
    package var waitsForToken: Bool {
        if case .service(_, let action) = self { action.hasSuffix(".waitForTaskToken") } else { self == .activity }
    }
}
