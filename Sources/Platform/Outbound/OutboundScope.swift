import Core

/// For whom rules of the way out hold.
package enum OutboundScope: Hashable, Sendable, CustomStringConvertible {
    /// Every function of the account.
    case account
    case function(FunctionName)

    /// Reads `account` or `function:NAME`.
    package init?(_ text: String) {
        if text == "account" {
            self = .account
        } else if text.hasPrefix("function:"), let name = try? FunctionName(String(text.dropFirst(9))) {
            self = .function(name)
        } else {
            return nil
        }
    }

    package var description: String {
        switch self {
        case .account: "account"
        case .function(let name): "function:\(name)"
        }
    }
}
