import Core
import Vault

extension Identity {
    /// Makes temporary credentials of somebody who assumed a role.
    ///
    /// `documents` are the texts of policies that limit what the role may do; of several, one must allow.
    package func session(
        of role: RoleRecord, named session: EntityName, lasting seconds: Int, documents: [String] = [],
        tags: [String: String] = [:]
    ) throws(IdentityError) -> Credential {
        try credential(
            for: .role(id: role.id, name: role.name, session: session), seconds: seconds,
            limits: documents.isEmpty && tags.isEmpty ? nil : SessionToken.Limits(documents: documents, tags: tags))
    }

    /// Makes temporary credentials of the administrator or a user; a session cannot be prolonged by another.
    package func session(of principal: Principal, lasting seconds: Int) throws(IdentityError) -> Credential? {
        switch principal {
        case .administrator: try credential(for: .administrator, seconds: seconds)
        case .user(let user):
            try credential(for: .user(id: user.id, path: user.path, name: user.name), seconds: seconds)
        case .session, .federatedUser, .function, .service, .federated, .anonymous: nil
        }
    }

    /// Makes temporary credentials for somebody whom a user, or the administrator, names; nobody else can.
    package func session(
        for name: EntityName, by principal: Principal, lasting seconds: Int, documents: [String],
        tags: [String: String]
    ) throws(IdentityError) -> Credential? {
        let limits = SessionToken.Limits(documents: documents, tags: tags)
        switch principal {
        case .administrator:
            return try credential(for: .federatedUser(of: nil, name: name), seconds: seconds, limits: limits)
        case .user(let user):
            let holder = SessionToken.Holder.federatedUser(
                of: SessionToken.User(id: user.id, path: user.path, name: user.name), name: name)
            return try credential(for: holder, seconds: seconds, limits: limits)
        case .session, .federatedUser, .function, .service, .federated, .anonymous: return nil
        }
    }

    private func credential(
        for holder: SessionToken.Holder, seconds: Int, limits: SessionToken.Limits? = nil
    ) throws(IdentityError) -> Credential {
        let (id, secret) = (AccessKeyID(prefix: .temporary), SecretKey())
        let now = Instant.now
        let expires = now.advanced(milliseconds: Int64(seconds) * 1000)
        let token = SessionToken(
            secret: secret.revealed, holder: holder, expires: expires.milliseconds, issued: now.milliseconds,
            limits: limits)
        let principal: Principal
        do { principal = try token.principal(in: account) } catch { throw .malformedDocument(error) }
        let sealed: [UInt8]
        do throws(EnvelopeError) {
            sealed = key.seal(try Self.encodeToken(token), binding: binding("session/\(id)"))
        } catch { throw .unreadable }
        return Credential(
            accessKey: id, secret: secret, token: Base64.encode(sealed), expires: expires,
            principal: principal)
    }

    private static func encodeToken(_ token: SessionToken) throws(EnvelopeError) -> [UInt8] {
        do { return try encode(token) } catch { throw .notAuthentic }
    }

    /// Opens a session token; `nil` unless it is one of ours and belongs to this access key.
    func open(token: String?, for id: AccessKeyID) -> Credential? {
        // Whatever is wrong with a text from outside, it is no token.
        guard let token, let sealed = Base64.decode(token),
            let bytes = try? key.open(sealed, binding: binding("session/\(id)")),
            let content = try? Self.decode(SessionToken.self, bytes),
            let principal = try? content.principal(in: account)
        else { return nil }
        return Credential(
            accessKey: id, secret: SecretKey(revealed: content.secret), token: token,
            expires: Instant(milliseconds: content.expires), principal: principal)
    }
}
