import Core

/// A user as it lies in the store.
package struct UserRecord: PolicyHolder, Hashable {
    package static let recordKind = "iam-user"
    package static let kind = IdentityError.Kind.user
    package static let inlineLimit = 2048
    /// How many access keys a user may have.
    package static let accessKeyLimit = 2

    package let name: EntityName
    package let path: String
    package let id: String
    /// Milliseconds since 1970.
    package let created: Int64
    package var accessKeys: [AccessKeySummary] = []
    package var policies = PolicySet()
    package var boundary: String?
    package var tags = TagSet()

    /// What a list shows of an access key.
    package struct AccessKeySummary: Hashable, Sendable, Codable {
        package let id: String
        package var isActive: Bool
        /// Milliseconds since 1970.
        package let created: Int64
    }

    /// Makes a new user.
    package init(name: EntityName, path: String, created: Instant) {
        self.name = name
        self.path = path
        id = UniqueID.make(prefix: "AIDA")
        self.created = created.milliseconds
    }

    /// Refuses while there is something that must be deleted before the user.
    package func requireDeletable() throws(IdentityError) {
        guard accessKeys.isEmpty else { throw .inTheWay(.accessKeys) }
        try policies.requireEmpty()
    }

    /// Who the user is, as a principal.
    package func identity(in account: AccountID) -> UserIdentity {
        UserIdentity(account: account, id: id, path: path, name: name)
    }
}
