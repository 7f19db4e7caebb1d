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
    }

    let secret: String
    let holder: Holder
    /// Milliseconds since 1970.
    let expires: Int64

    /// The holder as a principal of an account.
    func principal(in account: AccountID) -> Principal {
        switch holder {
        case .administrator: .administrator(account)
        case .user(let id, let path, let name):
            .user(UserIdentity(account: account, id: id, path: path, name: name))
        case .role(let id, let name, let session):
            .session(SessionIdentity(account: account, roleID: id, role: name, session: session))
        }
    }
}
