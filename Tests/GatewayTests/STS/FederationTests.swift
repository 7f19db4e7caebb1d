import Core
import Platform
import Testing

@testable import Gateway

/// Credentials that a user asks for somebody else.
@Suite struct FederationTests {
    private static func policy(_ actions: String) -> String {
        #"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":\#(actions),"Resource":"*"}]}"#
    }

    /// A user who may give credentials and explain access, and who asks from now on.
    private func fixture() async throws -> IAMFixture {
        var iam = try await IAMFixture()
        try await iam.call("CreateUser", ["UserName": "ada"])
        try await iam.call(
            "PutUserPolicy",
            [
                "UserName": "ada", "PolicyName": "own",
                "PolicyDocument": Self.policy(#"["sts:GetFederationToken","iam:*","martlet:ExplainAccess"]"#),
            ])
        iam.principal = .user(
            try await iam.identity.get(UserRecord.self, EntityName("ada")).identity(in: .standard))
        return iam
    }

    /// Who the credentials for `name` belong to, as the platform finds out from them.
    private func guest(_ iam: IAMFixture, _ policy: String?) async throws -> Principal {
        let none: KeyValuePairs = ["Name": "guest"]
        let answer: IAMFixture.Answer
        if let policy {
            answer = try await iam.call("GetFederationToken", ["Name": "guest", "Policy": policy], service: "sts")
        } else {
            answer = try await iam.call("GetFederationToken", none, service: "sts")
        }
        #expect(answer.status == 200 && answer["FederatedUserId"] == "000000000000:guest")
        #expect(answer["Arn"] == "arn:aws:sts::000000000000:federated-user/guest")
        let key = try AccessKeyID(try #require(answer["AccessKeyId"]))
        #expect(try await iam.identity.load(key, token: answer["SessionToken"]))
        guard case .known(let credential) = iam.identity.credentials[key] else {
            Issue.record("the credentials are not known")
            return .anonymous(.standard)
        }
        return credential.principal
    }

    private func explains(_ iam: IAMFixture) async throws -> Int {
        try await iam.post(
            "/2026-11-20/access/explain",
            ["Principal": "arn:aws:iam::000000000000:root", "Action": "a:b", "Resource": "*"]
        ).status
    }

    @Test func `a guest may what both the user and the session's policy say`() async throws {
        var iam = try await fixture()
        let ada = iam.principal
        for (policy, status) in [(Self.policy(#""martlet:*""#), 200), (Self.policy(#""s3:*""#), 403), (nil, 403)] {
            iam.principal = ada
            iam.principal = try await guest(iam, policy)
            #expect(try await explains(iam) == status, "\(policy ?? "none")")
        }
    }

    @Test func `a guest of the account has no more than the session's policy says`() async throws {
        var iam = try await fixture()
        for (policy, status) in [(Self.policy(#""martlet:*""#), 200), (nil, 403)] {
            iam.principal = .administrator(.standard)
            iam.principal = try await guest(iam, policy)
            #expect(try await explains(iam) == status)
        }
    }

    @Test func `a guest neither changes identities nor gets other credentials`() async throws {
        var iam = try await fixture()
        iam.principal = try await guest(iam, Self.policy(#""*""#))
        #expect(try await iam.call("GetUser", ["UserName": "ada"]).status == 403)
        #expect(try await iam.call("GetFederationToken", ["Name": "other"], service: "sts").status == 403)
        #expect(try await iam.call("GetSessionToken", service: "sts").status == 403)
        #expect(try await iam.call("GetCallerIdentity", service: "sts").status == 200)
        let trust =
            #"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"sts:AssumeRole"}]}"#
        var root = iam
        root.principal = .administrator(.standard)
        try await root.call("CreateRole", ["RoleName": "open", "AssumeRolePolicyDocument": trust])
        let role: KeyValuePairs = ["RoleArn": "arn:aws:iam::000000000000:role/open", "RoleSessionName": "guest"]
        #expect(try await root.call("AssumeRole", role, service: "sts").status == 200)
        #expect(try await iam.call("AssumeRole", role, service: "sts").status == 403)
    }

    @Test func `only who is allowed to may give credentials, and no session may`() async throws {
        var iam = try await fixture()
        let root = Principal.administrator(.standard)
        iam.principal = root
        try await iam.call("CreateUser", ["UserName": "bob"])
        try await iam.call("CreateRole", ["RoleName": "r", "AssumeRolePolicyDocument": IAMFixture.trust])
        try await iam.call(
            "PutRolePolicy",
            ["RoleName": "r", "PolicyName": "all", "PolicyDocument": Self.policy(#""*""#)])
        iam.principal = .user(
            try await iam.identity.get(UserRecord.self, EntityName("bob")).identity(in: .standard))
        #expect(try await iam.call("GetFederationToken", ["Name": "guest"], service: "sts").status == 403)
        let role = try await iam.identity.get(RoleRecord.self, EntityName("r"))
        iam.principal = try await iam.identity.session(of: role, named: EntityName("s"), lasting: 900).principal
        let session = try await iam.call("GetFederationToken", ["Name": "guest"], service: "sts")
        #expect(session.status == 403 && session["Message"]?.contains("session credentials") == true)
    }

    @Test func `a guest of a user who is gone may nothing any more`() async throws {
        var iam = try await fixture()
        let guest = try await guest(iam, Self.policy(#""martlet:*""#))
        iam.principal = .administrator(.standard)
        try await iam.call("DeleteUserPolicy", ["UserName": "ada", "PolicyName": "own"])
        try await iam.call("DeleteUser", ["UserName": "ada"])
        iam.principal = guest
        #expect(try await explains(iam) == 403)
    }
}
