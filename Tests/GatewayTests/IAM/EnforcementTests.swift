import Core
import Platform
import Testing

@testable import Gateway

/// Policies decide: through the operations that set them, and on the operations that they are about.
@Suite struct EnforcementTests {
    private static func policy(_ statements: String) -> String {
        #"{"Version":"2012-10-17","Statement":["# + statements + "]}"
    }

    private static let readsRoles = #"{"Effect":"Allow","Action":"iam:GetRole","Resource":"*"}"#

    /// The account with a role `deploy`, and a user `ada` with one policy, who asks from now on.
    private func withUser(_ statements: String?) async throws -> IAMFixture {
        var iam = try await IAMFixture()
        try await iam.call("CreateRole", ["RoleName": "deploy", "AssumeRolePolicyDocument": IAMFixture.trust])
        try await iam.call("CreateUser", ["UserName": "ada"])
        if let statements {
            try await iam.call(
                "PutUserPolicy",
                ["UserName": "ada", "PolicyName": "own", "PolicyDocument": Self.policy(statements)])
        }
        let name = try EntityName("ada")
        iam.principal = .user(try await iam.identity.get(UserRecord.self, name).identity(in: .standard))
        return iam
    }

    /// The same fixture, asked by the account itself.
    private func asRoot(_ iam: IAMFixture) -> IAMFixture {
        var root = iam
        root.principal = .administrator(.standard)
        return root
    }

    @Test func `a user without a policy may do nothing, but ask who it is`() async throws {
        let iam = try await withUser(nil)
        let answer = try await iam.call("GetRole", ["RoleName": "deploy"])
        #expect(answer.status == 403 && answer["Code"] == "AccessDenied")
        #expect(
            answer["Message"] == "User: arn:aws:iam::000000000000:user/ada is not authorized to perform: iam:GetRole on"
                + " resource: arn:aws:iam::000000000000:role/deploy because no identity-based policy allows the"
                + " iam:GetRole action")
        #expect(try await iam.call("GetCallerIdentity", service: "sts").status == 200)
    }

    @Test func `what a policy allows is possible, and nothing beside it; a change counts at once`() async throws {
        let iam = try await withUser(Self.readsRoles)
        #expect(try await iam.call("GetRole", ["RoleName": "deploy"]).status == 200)
        #expect(try await iam.call("DeleteRole", ["RoleName": "deploy"]).status == 403)
        let root = asRoot(iam)
        try await root.call("DeleteUserPolicy", ["UserName": "ada", "PolicyName": "own"])
        #expect(try await iam.call("GetRole", ["RoleName": "deploy"]).status == 403)
        try await root.call(
            "AttachUserPolicy", ["UserName": "ada", "PolicyArn": "arn:aws:iam::aws:policy/IAMReadOnlyAccess"])
        #expect(try await iam.call("GetRole", ["RoleName": "deploy"]).status == 200)
    }

    @Test func `a denial wins, and is named`() async throws {
        let deny = #"{"Effect":"Deny","Action":"iam:*","Resource":"arn:aws:iam::000000000000:role/deploy"}"#
        let iam = try await withUser(Self.readsRoles + "," + deny)
        let answer = try await iam.call("GetRole", ["RoleName": "deploy"])
        #expect(answer.status == 403)
        #expect(answer["Message"]?.hasSuffix("with an explicit deny in an identity-based policy") == true)
    }

    @Test func `a boundary limits what policies allow`() async throws {
        let iam = try await withUser(#"{"Effect":"Allow","Action":"iam:*","Resource":"*"}"#)
        let root = asRoot(iam)
        try await root.call(
            "CreatePolicy", ["PolicyName": "most", "PolicyDocument": Self.policy(Self.readsRoles)])
        try await root.call(
            "PutUserPermissionsBoundary",
            ["UserName": "ada", "PermissionsBoundary": "arn:aws:iam::000000000000:policy/most"])
        #expect(try await iam.call("GetRole", ["RoleName": "deploy"]).status == 200)
        let answer = try await iam.call("DeleteRole", ["RoleName": "deploy"])
        #expect(answer.status == 403)
        #expect(answer["Message"]?.contains("no permissions boundary allows the iam:DeleteRole action") == true)
    }

    @Test func `a user that was deleted and made anew is not the old one`() async throws {
        let iam = try await withUser(Self.readsRoles)
        let root = asRoot(iam)
        try await root.call("DeleteUserPolicy", ["UserName": "ada", "PolicyName": "own"])
        try await root.call("DeleteUser", ["UserName": "ada"])
        try await root.call("CreateUser", ["UserName": "ada"])
        try await root.call(
            "PutUserPolicy",
            ["UserName": "ada", "PolicyName": "own", "PolicyDocument": Self.policy(Self.readsRoles)])
        #expect(try await iam.call("GetRole", ["RoleName": "deploy"]).status == 403)
    }

    @Test func `a condition on where a request comes from is asked`() async throws {
        var iam = try await withUser(
            #"{"Effect":"Allow","Action":"iam:*","Resource":"*","Condition":{"IpAddress":{"aws:SourceIp":"10.0.0.0/8"}}}"#
        )
        #expect(try await iam.call("GetRole", ["RoleName": "deploy"]).status == 403)
        iam.source = "10.1.2.3"
        #expect(try await iam.call("GetRole", ["RoleName": "deploy"]).status == 200)
        iam.source = "192.0.2.1"
        #expect(try await iam.call("GetRole", ["RoleName": "deploy"]).status == 403)
    }

    @Test func `a role is assumed by whom it trusts, with what they must say`() async throws {
        let iam = try await withUser(nil)
        let root = asRoot(iam)
        let role = "arn:aws:iam::000000000000:role/audit"
        let members: KeyValuePairs = ["RoleArn": role, "RoleSessionName": "session"]
        let trust = Self.policy(
            #"""
            {"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::000000000000:user/ada"},"Action":"sts:AssumeRole",
             "Condition":{"StringEquals":{"sts:ExternalId":"42"}}}
            """#)
        try await root.call("CreateRole", ["RoleName": "audit", "AssumeRolePolicyDocument": trust])
        #expect(try await iam.call("AssumeRole", members, service: "sts").status == 403)
        let withID: KeyValuePairs = ["RoleArn": role, "RoleSessionName": "session", "ExternalId": "42"]
        #expect(try await iam.call("AssumeRole", withID, service: "sts").status == 200)
        // The account itself is not among those the role trusts.
        #expect(try await root.call("AssumeRole", withID, service: "sts").status == 403)
    }

    @Test func `a session has its role's policies within those it was given`() async throws {
        var iam = try await withUser(nil)
        let root = asRoot(iam)
        let trust = Self.policy(
            #"{"Effect":"Allow","Principal":{"AWS":"000000000000"},"Action":["sts:AssumeRole","sts:TagSession"]}"#)
        try await root.call("CreateRole", ["RoleName": "ops", "AssumeRolePolicyDocument": trust])
        try await root.call(
            "PutRolePolicy",
            [
                "RoleName": "ops", "PolicyName": "all",
                "PolicyDocument": Self.policy(#"{"Effect":"Allow","Action":"iam:*","Resource":"*"}"#),
            ])
        let role = try await iam.identity.get(RoleRecord.self, EntityName("ops"))
        let whole = try await iam.identity.session(of: role, named: EntityName("s"), lasting: 900)
        iam.principal = whole.principal
        #expect(try await iam.call("GetRole", ["RoleName": "deploy"]).status == 200)
        #expect(try await iam.call("UpdateRole", ["RoleName": "deploy"]).status == 200)
        let part = try await iam.identity.session(
            of: role, named: EntityName("s"), lasting: 900, documents: [Self.policy(Self.readsRoles)])
        iam.principal = part.principal
        #expect(try await iam.call("GetRole", ["RoleName": "deploy"]).status == 200)
        let answer = try await iam.call("UpdateRole", ["RoleName": "deploy"])
        #expect(answer.status == 403)
        #expect(answer["Message"]?.contains("no session policy allows the iam:UpdateRole action") == true)
    }

    @Test func `tags of a session are what conditions see`() async throws {
        var iam = try await withUser(nil)
        let root = asRoot(iam)
        try await root.call(
            "CreateRole", ["RoleName": "ops", "AssumeRolePolicyDocument": IAMFixture.trust])
        try await root.call(
            "PutRolePolicy",
            [
                "RoleName": "ops", "PolicyName": "own",
                "PolicyDocument": Self.policy(
                    #"{"Effect":"Allow","Action":"iam:GetRole","Resource":"arn:aws:iam::*:role/${aws:PrincipalTag/team}"}"#
                ),
            ])
        let role = try await iam.identity.get(RoleRecord.self, EntityName("ops"))
        for (tag, status) in [("deploy", 200), ("other", 403)] {
            iam.principal = try await iam.identity.session(
                of: role, named: EntityName("s"), lasting: 900, tags: ["Team": tag]
            ).principal
            #expect(try await iam.call("GetRole", ["RoleName": "deploy"]).status == status, "\(tag)")
        }
    }

    @Test func `a malformed policy is refused with its place`() async throws {
        let iam = try await asRoot(withUser(nil))
        let broken = Self.policy(
            Self.readsRoles + #",{"Effect":"Allow","Action":"iam:*","Resource":"*","Condition":{"Nope":{"a:b":"c"}}}"#)
        let answer = try await iam.call(
            "PutUserPolicy", ["UserName": "ada", "PolicyName": "x", "PolicyDocument": broken])
        #expect(answer.status == 400 && answer["Code"] == "MalformedPolicyDocument")
        #expect(answer["Message"]?.contains("Statement[1].Condition") == true)
    }
}
