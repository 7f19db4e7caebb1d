import Core

/// An OpenID Connect provider whose tokens may stand for a caller, as it lies in the store.
package struct ProviderRecord: Codable, Hashable, Sendable {
    package static let recordKind = "iam-oidc-provider"
    /// How many an account may have, and how many clients each.
    package static let limit = 100
    package static let clientLimit = 100

    package let url: ProviderURL
    /// For whom its tokens must be.
    package private(set) var clientIDs: [String]
    /// Kept and returned: nothing is fetched, so there is no certificate to compare with.
    package var thumbprints: [String]
    /// Milliseconds since 1970.
    package let created: Int64
    package var tags = TagSet()
    /// The keys that the operator pinned, as a JSON Web Key Set; without them no token can be verified.
    package var keySet: String?

    /// Makes a new provider, without keys.
    package init(
        url: ProviderURL, clientIDs: [String], thumbprints: [String], created: Instant
    ) throws(IdentityError) {
        guard clientIDs.count <= Self.clientLimit else { throw .limit(.clientIDs(Self.clientLimit)) }
        self.url = url
        self.clientIDs = clientIDs
        self.thumbprints = thumbprints
        self.created = created.milliseconds
    }

    /// Lets its tokens be for a client too; one that is known already is not counted again.
    package mutating func add(client id: String) throws(IdentityError) {
        guard !clientIDs.contains(id) else { return }
        guard clientIDs.count < Self.clientLimit else { throw .limit(.clientIDs(Self.clientLimit)) }
        clientIDs.append(id)
    }

    /// Takes no more tokens for a client; one that is not known is no error.
    package mutating func remove(client id: String) { clientIDs.removeAll { $0 == id } }

    /// The provider's ARN.
    package func arn(in account: AccountID) -> ARN {
        ARN(service: "iam", region: nil, account: account, resource: "oidc-provider/\(url.text)")
    }
}
