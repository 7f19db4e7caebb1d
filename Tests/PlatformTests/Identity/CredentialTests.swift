import AccessPolicy
import Core
import Storage
import TestSupport
import Testing
import Vault

@testable import Platform

@Suite struct CredentialTests {
    private let store = MemoryStore()

    private func identity(
        _ account: AccountID = .standard, key: SealingKey? = nil, trust: Duration = .seconds(5)
    ) async throws -> Identity {
        let keys = Keys(store: store, root: RootKey())
        let own: SealingKey
        if let key { own = key } else { own = try await keys.key(for: "identity", in: account) }
        return Identity(account: account, store: store, key: own, trust: trust)
    }

    @Test func `the administrator's key is made once and is the same after a restart`() async throws {
        let key = try await Keys(store: store, root: RootKey()).key(for: "identity", in: .standard)
        let first = try await identity(key: key).administrator()
        let again = try await identity(key: key).administrator()
        #expect(first.id == again.id && first.secret.revealed == again.secret.revealed)
        #expect(first.id.text.hasPrefix("AKIA") && first.secret.revealed.count == 40)
    }

    @Test func `no secret lies in the store in the clear`() async throws {
        let identity = try await identity()
        let made = try await identity.administrator()
        let page = try await store.scan(
            Partition(account: .standard), .kind(AccessKeyRecord.recordKind), after: nil, limit: 10)
        #expect(page.records.count == 1)
        for record in page.records {
            #expect(!String(decoding: record.value, as: UTF8.self).contains(made.secret.revealed))
        }
    }

    @Test func `an access key is loaded once and then known without waiting`() async throws {
        let identity = try await identity()
        let made = try await identity.administrator()
        guard case .unloaded = identity.credentials[made.id] else { return #expect(Bool(false)) }
        #expect(try await identity.load(made.id, token: nil))
        guard case .known(let credential) = identity.credentials[made.id] else { return #expect(Bool(false)) }
        #expect(credential.principal == .administrator(.standard))
        #expect(credential.secret.revealed == made.secret.revealed && credential.token == nil)
    }

    @Test func `what another server changes of a user is seen a moment later`() async throws {
        let key = try await Keys(store: store, root: RootKey()).key(for: "identity", in: .standard)
        let (one, other) = (try await identity(key: key), try await identity(key: key, trust: .zero))
        let name = try EntityName("ann")
        let holder = HolderPolicies.Holder.user(name)
        #expect(try await other.loadPolicies(of: holder) == nil)
        try await one.create(UserRecord(name: name, path: "/", created: .now))
        #expect(other.access.known(holder) == nil)
        #expect(try await other.loadPolicies(of: holder)?.tags == PrincipalTags([:]))
        try await one.update(UserRecord.self, name) { user throws(IdentityError) in
            user.tags = try TagSet([TagSet.Tag(key: "team", value: "red")])
        }
        #expect(try await other.loadPolicies(of: holder)?.tags != PrincipalTags([:]))
        let id = try AccessKeyID(try await one.makeAccessKey(for: name).key.id)
        #expect(try await other.load(id, token: nil))
        try await one.setActive(false, id, of: name)
        guard case .unloaded = other.credentials[id] else { return #expect(Bool(false)) }
        #expect(try await other.load(id, token: nil) == false)
    }

    @Test func `an access key that does not exist is known not to`() async throws {
        let identity = try await identity()
        let id = AccessKeyID(prefix: .lasting)
        #expect(try await identity.load(id, token: nil) == false)
        guard case .absent = identity.credentials[id] else { return #expect(Bool(false)) }
    }

    @Test func `a user's key works until it is made inactive, and again when it is active`() async throws {
        let identity = try await identity()
        let name = try EntityName("ann")
        try await identity.create(UserRecord(name: name, path: "/", created: .now))
        let made = try await identity.makeAccessKey(for: name)
        let id = try AccessKeyID(made.key.id)
        #expect(try await identity.load(id, token: nil))
        try await identity.setActive(false, id, of: name)
        #expect(try await identity.load(id, token: nil) == false)
        try await identity.setActive(true, id, of: name)
        #expect(try await identity.load(id, token: nil))
        try await identity.deleteAccessKey(id, of: name)
        #expect(try await identity.load(id, token: nil) == false)
    }

    @Test func `a user has at most two access keys`() async throws {
        let identity = try await identity()
        let name = try EntityName("ann")
        try await identity.create(UserRecord(name: name, path: "/", created: .now))
        _ = try await identity.makeAccessKey(for: name)
        _ = try await identity.makeAccessKey(for: name)
        await #expect(throws: IdentityError.limit(.accessKeys(2))) { try await identity.makeAccessKey(for: name) }
    }

    @Test func `a session token carries everything, for its own access key only`() async throws {
        let identity = try await identity()
        let role = try RoleRecord(
            name: EntityName("deploy"), path: "/", trust: PolicyDocument(Self.trust, use: .trust), description: nil,
            created: .now)
        let session = try await identity.session(of: role, named: EntityName("ci"), lasting: 900)
        let other = try await identity.session(of: role, named: EntityName("ci"), lasting: 900)
        #expect(session.accessKey.isTemporary)
        #expect(try await identity.load(session.accessKey, token: other.token) == false)
        #expect(try await identity.load(session.accessKey, token: "garbage") == false)
        #expect(try await identity.load(session.accessKey, token: nil) == false)
        guard case .unloaded = identity.credentials[session.accessKey] else { return #expect(Bool(false)) }
        #expect(try await identity.load(session.accessKey, token: session.token))
        guard case .known(let known) = identity.credentials[session.accessKey] else { return #expect(Bool(false)) }
        #expect(known.principal.arn.description == "arn:aws:sts::000000000000:assumed-role/deploy/ci")
        #expect(known.secret.revealed == session.secret.revealed && known.expires == session.expires)
    }

    @Test func `a session cannot be prolonged by another`() async throws {
        let identity = try await identity()
        let session = SessionIdentity(
            account: .standard, roleID: "AROAX", role: try EntityName("r"), session: try EntityName("s"))
        #expect(try await identity.session(of: .session(session), lasting: 900) == nil)
        #expect(try await identity.session(of: .administrator(.standard), lasting: 900) != nil)
    }

    static let trust = """
        {"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole",\
        "Principal":{"Service":"lambda.amazonaws.com"}}]}
        """
}
