import Core

/// For whom rules of the way out hold.
package enum OutboundScope: Hashable, Sendable, CustomStringConvertible {
    /// Every function of the account.
    case account
    case function(FunctionName)
    /// What the platform itself calls for a part of the account.
    case host(HostScope)

    /// Reads `account`, `topics`, `workflows` or `function:NAME`.
    package init?(_ text: String) {
        if text == "account" {
            self = .account
        } else if let host = HostScope(rawValue: text) {
            self = .host(host)
        } else if text.hasPrefix("function:"), let name = try? FunctionName(String(text.dropFirst(9))) {
            self = .function(name)
        } else {
            return nil
        }
    }

    package var description: String {
        switch self {
        case .account: "account"
        case .host(let host): host.rawValue
        case .function(let name): "function:\(name)"
        }
    }
}

/// For what the platform itself calls something outside.
package enum HostScope: String, Hashable, Sendable, CaseIterable {
    /// Subscriptions of the account's topics.
    case topics
    /// Tasks of executions that call an endpoint on the web.
    case workflows
}
