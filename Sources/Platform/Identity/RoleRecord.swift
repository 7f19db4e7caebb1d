import Core

/// A role as it lies in the store.
package struct RoleRecord: PolicyHolder, Hashable {
    package static let recordKind = "iam-role"
    package static let kind = IdentityError.Kind.role
    package static let inlineLimit = 10_240
    /// How many characters the trust policy may have.
    package static let trustLimit = 4096
    package static let standardSession = 3600

    package let name: EntityName
    package let path: String
    package let id: String
    /// Milliseconds since 1970.
    package let created: Int64
    package var trust: PolicyDocument
    package var description: String?
    /// For how many seconds at most it can be assumed.
    package var longestSession = RoleRecord.standardSession
    package var policies = PolicySet()
    package var boundary: String?
    package var tags = TagSet()

    /// Makes a new role.
    package init(
        name: EntityName, path: String, trust: PolicyDocument, description: String?, created: Instant
    ) throws(IdentityError) {
        self.name = name
        self.path = path
        id = UniqueID.make(prefix: "AROA")
        self.created = created.milliseconds
        self.trust = trust
        self.description = description
        try checkTrust()
    }

    /// Replaces the trust policy.
    package mutating func setTrust(_ document: PolicyDocument) throws(IdentityError) {
        trust = document
        try checkTrust()
    }

    private func checkTrust() throws(IdentityError) {
        guard trust.size <= Self.trustLimit else { throw .limit(.trustPolicyBytes(Self.trustLimit)) }
    }

    /// The role's ARN.
    package func arn(in account: AccountID) -> ARN {
        ARN(service: "iam", region: nil, account: account, resource: "role\(path)\(name)")
    }
}
