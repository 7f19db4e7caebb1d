import Core

/// Who asks, as policies know them.
package enum Requester: Hashable, Sendable {
    /// Nobody in particular.
    case anonymous
    /// The account itself.
    case root(AccountID)
    case user(AccountID, arn: String, id: String)
    /// Somebody who assumed a role; both names are ARNs.
    case roleSession(AccountID, role: String, roleID: String, session: String)
    /// A session that a user asked for somebody else; both names are ARNs.
    case federatedUser(AccountID, user: String, session: String)
    /// A service by the name that policies give it, such as `events.amazonaws.com`.
    case service(String)
    /// Whom an identity provider vouches for, before they have assumed a role.
    case federated(provider: String)

    /// The account whose policies speak for who asks, if there is one.
    package var account: AccountID? {
        switch self {
        case .root(let account), .user(let account, _, _), .roleSession(let account, _, _, _),
            .federatedUser(let account, _, _):
            account
        case .anonymous, .service, .federated: nil
        }
    }
}

extension Requester {
    /// What a key about who asks has for a value.
    ///
    /// Source: IAM user guide, "AWS global condition context keys" and "Principal key values".
    func value(of key: PrincipalKey) -> ContextValue? {
        switch key {
        case .principalARN: arn.map { .text($0) }
        case .principalAccount: account.map { .text($0.text) }
        case .principalType: type.map { .text($0) }
        case .principalIsService: if case .service = self { .flag(true) } else { .flag(false) }
        case .principalServiceName: if case .service(let name) = self { .text(name) } else { nil }
        case .userName: if case .user(_, let arn, _) = self { .text(Self.lastPart(of: arn)) } else { nil }
        case .userID: userID.map { .text($0) }
        case .resourceAccount: nil
        }
    }

    /// The ARN of the entity: of a session its role's.
    private var arn: String? {
        switch self {
        case .root(let account): "arn:aws:iam::\(account):root"
        case .user(_, let arn, _): arn
        case .roleSession(_, let role, _, _): role
        case .federatedUser(_, _, let session): session
        case .anonymous, .service, .federated: nil
        }
    }

    private var type: String? {
        switch self {
        case .anonymous: "Anonymous"
        case .root: "Account"
        case .user: "User"
        case .roleSession: "AssumedRole"
        case .federatedUser: "FederatedUser"
        case .service, .federated: nil
        }
    }

    private var userID: String? {
        switch self {
        case .anonymous: nil
        case .root(let account): account.text
        case .user(_, _, let id): id
        case .roleSession(_, _, let roleID, let session): "\(roleID):\(Self.lastPart(of: session))"
        case .federatedUser(let account, _, let session): "\(account):\(Self.lastPart(of: session))"
        case .service, .federated: nil
        }
    }

    private static func lastPart(of arn: String) -> String {
        let slash = arn.utf8.lastIndex(of: UInt8(ascii: "/"))
        return slash.map { String(arn[arn.utf8.index(after: $0)...]) } ?? arn
    }
}
