import Core
import Storage
import Vault

extension Identity {
    private static let administratorKey = RecordKey(kind: "iam-administrator", id: "access-key")

    private nonisolated static func recordKey(_ id: AccessKeyID) -> RecordKey {
        RecordKey(kind: AccessKeyRecord.recordKind, id: id.text)
    }

    /// The access key of the account itself; made at the first call, the same ever after.
    package func administrator() async throws(IdentityError) -> (id: AccessKeyID, secret: SecretKey) {
        if let existing = try await fetch(Self.administratorKey) {
            guard let id = try? AccessKeyID(String(decoding: existing.value, as: UTF8.self)),
                let record = try await fetch(Self.recordKey(id))
            else { throw .unreadable }
            return (id, try open(try Self.decode(AccessKeyRecord.self, record.value)))
        }
        let (id, secret) = (AccessKeyID(prefix: .lasting), SecretKey())
        let marker = WriteOperation.put(Self.administratorKey, value: Array(id.text.utf8), expect: .absent)
        do {
            try await commit([marker, try newKey(id, secret, user: nil)])
            return (id, secret)
        } catch .store(.conflict) {
            return try await administrator()
        }
    }

    /// Makes an access key of a user; this is the only time its secret is given out.
    package func makeAccessKey(
        for user: EntityName
    ) async throws(IdentityError) -> (key: UserRecord.AccessKeySummary, secret: SecretKey) {
        let (id, secret, now) = (AccessKeyID(prefix: .lasting), SecretKey(), Instant.now)
        let summary = UserRecord.AccessKeySummary(id: id.text, isActive: true, created: now.milliseconds)
        let operation = try newKey(id, secret, user: user)
        try await update(UserRecord.self, user, alongside: { () throws(IdentityError) in [operation] }) {
            record throws(IdentityError) in
            guard record.accessKeys.count < UserRecord.accessKeyLimit else {
                throw .limit(.accessKeys(UserRecord.accessKeyLimit))
            }
            record.accessKeys.append(summary)
        }
        credentials.forget(id)
        return (summary, secret)
    }

    /// Lets an access key of a user be used, or no longer.
    package func setActive(_ isActive: Bool, _ id: AccessKeyID, of user: EntityName) async throws(IdentityError) {
        guard let found = try await fetch(Self.recordKey(id)) else { throw .notFound(.accessKey, name: id.text) }
        var key = try Self.decode(AccessKeyRecord.self, found.value)
        key.isActive = isActive
        let operation = WriteOperation.put(
            Self.recordKey(id), value: try Self.encode(key), expect: .version(found.version))
        try await update(UserRecord.self, user, alongside: { () throws(IdentityError) in [operation] }) {
            record throws(IdentityError) in
            guard let index = record.accessKeys.firstIndex(where: { $0.id == id.text }) else {
                throw .notFound(.accessKey, name: id.text)
            }
            record.accessKeys[index].isActive = isActive
        }
        credentials.forget(id)
    }

    /// Deletes an access key of a user; requests signed with it are refused from now on.
    package func deleteAccessKey(_ id: AccessKeyID, of user: EntityName) async throws(IdentityError) {
        let operation = WriteOperation.delete(Self.recordKey(id))
        try await update(UserRecord.self, user, alongside: { () throws(IdentityError) in [operation] }) {
            record throws(IdentityError) in
            guard let index = record.accessKeys.firstIndex(where: { $0.id == id.text }) else {
                throw .notFound(.accessKey, name: id.text)
            }
            record.accessKeys.remove(at: index)
        }
        credentials.forget(id)
    }

    /// Brings an access key into `credentials`, and says whether it can be used.
    ///
    /// A lasting key is looked up, also to learn that there is none. A temporary one is in its own session token.
    package func load(_ id: AccessKeyID, token: String?) async throws(IdentityError) -> Bool {
        let generation = credentials.generation
        let credential = id.isTemporary ? open(token: token, for: id) : try await lasting(id)
        // A wrong token says nothing about the key: somebody else may have the right one.
        guard credential != nil || !id.isTemporary else { return false }
        credentials.insert(credential, for: id, ifUnchangedSince: generation)
        return credential != nil
    }

    private func lasting(_ id: AccessKeyID) async throws(IdentityError) -> Credential? {
        guard let found = try await fetch(Self.recordKey(id)) else { return nil }
        let record = try Self.decode(AccessKeyRecord.self, found.value)
        guard record.isActive else { return nil }
        var principal = Principal.administrator(account)
        if let user = record.user { principal = .user(try await get(UserRecord.self, user).identity(in: account)) }
        return Credential(accessKey: id, secret: try open(record), principal: principal)
    }

    private func newKey(
        _ id: AccessKeyID, _ secret: SecretKey, user: EntityName?
    ) throws(IdentityError) -> WriteOperation {
        do throws(EnvelopeError) {
            let sealed = key.seal(Array(secret.revealed.utf8), binding: binding("access-key/\(id)"))
            let record = AccessKeyRecord(
                id: id.text, user: user, created: Instant.now.milliseconds, sealedSecret: sealed)
            return .put(Self.recordKey(id), value: try Self.encodeKey(record), expect: .absent)
        } catch { throw .unreadable }
    }

    private static func encodeKey(_ record: AccessKeyRecord) throws(EnvelopeError) -> [UInt8] {
        do { return try encode(record) } catch { throw .notAuthentic }
    }

    private func open(_ record: AccessKeyRecord) throws(IdentityError) -> SecretKey {
        do throws(EnvelopeError) {
            let secret = try key.open(record.sealedSecret, binding: binding("access-key/\(record.id)"))
            return SecretKey(revealed: String(decoding: secret, as: UTF8.self))
        } catch { throw .unreadable }
    }
}
