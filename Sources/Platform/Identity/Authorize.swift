import Core

/// What a principal wants to do, as IAM policies write it: `lambda:InvokeFunction`.
package struct Action: Hashable, Sendable, CustomStringConvertible {
    package let service: String
    package let name: String

    /// Names an operation of a service.
    package init(service: String, name: String) {
        self.service = service
        self.name = name
    }

    package var description: String { "\(service):\(name)" }
}

/// What an action is done to; building one costs no text, because every request builds one.
package enum Resource: Hashable, Sendable {
    /// A function, a version of it, or an alias.
    case function(AccountID, FunctionName, Qualifier?)
    /// Anything that has an ARN.
    case named(ARN, owner: AccountID)
    /// What actions that name no resource act on: the account.
    case account(AccountID)

    /// The account that owns the resource.
    package var owner: AccountID {
        switch self {
        case .function(let owner, _, _), .named(_, let owner), .account(let owner): owner
        }
    }
}

/// The circumstances of a request that conditions of a policy may ask for.
package struct AuthorizationContext: Sendable {
    package let time: Instant
    package let sourceAddress: String?

    /// Says when a request came and, where that is known, from which address.
    package init(time: Instant, sourceAddress: String? = nil) {
        self.time = time
        self.sourceAddress = sourceAddress
    }
}

/// Why a request may not happen.
package struct AccessDenied: Error, Equatable {
    package let principal: Principal
    package let action: Action
    package let resource: Resource

    /// What would have allowed it, in few words: for the audit trail.
    package var missing: String {
        principal.account == resource.owner
            ? "identity-based policy that allows \(action)" : "access from account \(principal.account)"
    }

    /// AWS's own sentence for it.
    package var message: String {
        "User: \(principal.arn) is not authorized to perform: \(action) on resource: \(resource.text)"
            + " because no identity-based policy allows the \(action) action"
    }
}

/// Decides whether a request may happen: the one function that every request passes before anything is done.
///
/// For now a principal may do everything in its own account and nothing in another; what the platform itself serves is
/// for the operator alone, because it shows what belongs to any function. Policies are stored and returned
/// faithfully but not yet evaluated; when they are, this is the only place that changes, so callers name the action
/// and the resource exactly already.
package func authorize(
    _ principal: Principal, _ action: Action, on resource: Resource, in context: AuthorizationContext
) throws(AccessDenied) {
    guard principal.account == resource.owner, action.service != "martlet" || principal.isOperator else {
        throw AccessDenied(principal: principal, action: action, resource: resource)
    }
}

extension Principal {
    fileprivate var isOperator: Bool { if case .administrator = self { true } else { false } }
}

extension Resource {
    /// The resource's ARN; `*` for an account as a whole.
    package func arn(in region: Region) -> String {
        switch self {
        case .function(let owner, let name, let qualifier):
            "arn:aws:lambda:\(region):\(owner):function:\(name)" + (qualifier.map { ":\($0)" } ?? "")
        case .named(let arn, _): arn.description
        case .account: "*"
        }
    }

    /// The resource as a message shows it.
    fileprivate var text: String {
        switch self {
        case .function(let owner, let name, let qualifier):
            "function:\(owner):\(name)" + (qualifier.map { ":\($0)" } ?? "")
        case .named(let arn, _): arn.description
        case .account: "*"
        }
    }
}
