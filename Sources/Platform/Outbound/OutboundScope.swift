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

    /// Reads `account`, `topics`, `destinations` or `function:NAME`.
    package init?(_ text: String) {
        if text == "account" {
            self = .account
        } else if text == "topics" {
            self = .topics
        } else if text == "destinations" {
            self = .destinations
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
        case .function(let name): "function:\(name)"
        }
    }
}
