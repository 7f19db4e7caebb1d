import AccessPolicy
import Core

/// What a principal wants to do, as IAM policies write it: `lambda:InvokeFunction`.
package struct Action: Hashable, Sendable, CustomStringConvertible {
    package let service: String
    package let name: String
    /// The action as policies look for it.
    package let policyName: ActionName

    /// Names an operation of a service.
    package init(service: String, name: String) {
        self.service = service
        self.name = name
        policyName = ActionName("\(service):\(name)")
    }

    package var description: String { policyName.text }
}

/// What an action is done to; building one costs no text, because every request builds one.
package enum Resource: Hashable, Sendable {
    /// A function, a version of it, or an alias.
    case function(AccountID, Region, FunctionName, Qualifier?)
    /// Anything that has an ARN.
    case named(ARN, owner: AccountID)
    /// What actions that name no resource act on: the account.
    case account(AccountID)

    /// The account that owns the resource.
    package var owner: AccountID {
        switch self {
        case .function(let owner, _, _, _), .named(_, let owner), .account(let owner): owner
        }
    }

    /// The resource as policies and messages name it: its ARN, or `*`.
    package var text: String {
        switch self {
        case .function(let owner, let region, let name, let qualifier):
            "arn:aws:lambda:\(region):\(owner):function:\(name)" + (qualifier.map { ":\($0)" } ?? "")
        case .named(let arn, _): arn.description
        case .account: "*"
        }
    }
}
