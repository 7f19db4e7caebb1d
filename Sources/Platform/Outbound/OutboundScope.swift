import Core

/// For whom rules of the way out hold.
package enum OutboundScope: Hashable, Sendable, CustomStringConvertible {
    /// Every function of the account.
    case account
    case function(FunctionName)
    /// What the platform itself calls for the account's topics.
    case topics
    /// What the platform itself calls for the account's API destinations.
    case destinations
    /// What the platform itself calls for tasks of the account's state machines.
    case workflows

    /// Reads `account`, `topics`, `destinations`, `workflows` or `function:NAME`.
    package init?(_ text: String) {
        let plain: [OutboundScope] = [.account, .topics, .destinations, .workflows]
        if let scope = plain.first(where: { $0.description == text }) {
            self = scope
        } else if text.hasPrefix("function:"), let name = try? FunctionName(String(text.dropFirst(9))) {
            self = .function(name)
        } else {
            return nil
        }
    }

    package var description: String {
        switch self {
        case .account: "account"
        case .topics: "topics"
        case .destinations: "destinations"
        case .workflows: "workflows"
        case .function(let name): "function:\(name)"
        }
    }
}
