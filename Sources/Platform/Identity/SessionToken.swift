import AccessPolicy
import Core

/// What a session token carries, sealed: everything that the platform must know to verify its holder's requests.
///
/// So sessions cost no record, and end by themselves.
struct SessionToken: Codable, Sendable {
    /// Who may hold temporary credentials.
    enum Holder: Codable, Sendable {
        case administrator
        case user(id: String, path: String, name: EntityName)
        case role(id: String, name: EntityName, session: EntityName)
        /// Of a user, or of the administrator where there is none.
        case federatedUser(of: User?, name: EntityName)
    }

    /// The user who asked for the session of another.
    struct User: Codable, Sendable {
        let id: String
        let path: String
        let name: EntityName
    }

    /// What a session of a role was limited to, and its tags.
    struct Limits: Codable, Sendable {
        let documents: [String]
        let tags: [String: String]
    }

    let secret: String
    let holder: Holder
    /// Milliseconds since 1970.
    let expires: Int64
    /// Milliseconds since 1970; those that do not say so were made before the first that did.
    var issued: Int64?
    var limits: Limits?

    /// The holder as a principal of an account; an error if what limits it cannot be read.
    func principal(in account: AccountID) throws(PolicyFlaw) -> Principal {
        let issued = Instant(milliseconds: issued ?? 0)
        switch holder {
        case .administrator: return .administrator(account)
        case .user(let id, let path, let name):
            return .user(UserIdentity(account: account, id: id, path: path, name: name))
        case .role(let id, let name, let session):
            return .session(
                SessionIdentity(
                    account: account, roleID: id, role: name, session: session, limits: try compiled(), issued: issued))
        case .federatedUser(let user, let name):
            let user = user.map { UserIdentity(account: account, id: $0.id, path: $0.path, name: $0.name) }
            return .federatedUser(
                FederatedUserIdentity(
                    account: account, user: user, name: name, limits: try compiled(), issued: issued))
        }
    }

    private func compiled() throws(PolicyFlaw) -> SessionLimits? {
        guard let limits else { return nil }
        return try SessionLimits(documents: limits.documents, tags: limits.tags)
    }
}
