import AccessPolicy
import Core
import Storage
import Vault

/// Why something could not be done to a role, user, policy or key.
package enum IdentityError: Error, Equatable {
    /// What kind of thing is meant.
    package enum Kind: String, Sendable {
        case role, user, policy
        case accessKey = "access key"
        case policyVersion = "policy version"
        case inlinePolicy = "inline policy"
        case attachment
        case principal
        case provider = "OpenID Connect provider"
    }

    /// What stands in the way of a deletion.
    package enum Obstacle: Sendable {
        case attachedPolicies, inlinePolicies, accessKeys, versions, attachments, isDefaultVersion
    }

    /// Which quota is used up.
    package enum Limit: Equatable, Sendable {
        case attachedPolicies(Int)
        case inlinePolicyBytes(Int)
        case policyBytes(Int)
        case trustPolicyBytes(Int)
        case policyVersions(Int)
        case accessKeys(Int)
        case tags(Int)
        case providers(Int)
        case clientIDs(Int)
    }

    case notFound(Kind, name: String)
    case alreadyExists(Kind, name: String)
    case inTheWay(Obstacle)
    case limit(Limit)
    case malformedDocument(PolicyFlaw)
    /// The address of an identity provider cannot be used.
    case badProviderURL(String)
    /// The keys of an identity provider cannot be used.
    case badKeySet(KeySetError)
    /// Policies of the platform can be attached, not changed.
    case unmodifiable(name: String)
    /// A list was continued with a marker that no list gave out.
    case badMarker
    /// Somebody else changed the same thing over and over.
    case contention
    /// Too much waits to be written; try again later.
    case busy
    case store(StoreError)
    /// A record or a sealed secret cannot be read: the data was damaged, or belongs to another key.
    case unreadable
}

extension IdentityError: StoreCaused {
    package var storeError: StoreError? {
        switch self {
        case .store(let error): error
        default: nil
        }
    }
}
