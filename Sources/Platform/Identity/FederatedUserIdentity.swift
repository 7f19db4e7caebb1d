import Core

/// Whom a user, or the account itself, asked for credentials for: may do what both the user and the session's policies say.
package struct FederatedUserIdentity: Hashable, Sendable {
    package let account: AccountID
    /// Who asked; `nil` for the account itself.
    package let user: UserIdentity?
    package let name: EntityName
    /// What the session was limited to; without policies there it may do nothing but what resources allow it by name.
    package let limits: SessionLimits?
    /// When its credentials were made.
    package let issued: Instant

    /// Names a session of a user for somebody else.
    package init(account: AccountID, user: UserIdentity?, name: EntityName, limits: SessionLimits?, issued: Instant) {
        self.account = account
        self.user = user
        self.name = name
        self.limits = limits
        self.issued = issued
    }

    /// The session's ARN.
    package var arn: ARN {
        ARN(service: "sts", region: nil, account: account, resource: "federated-user/\(name)")
    }
}
