import Core
import Platform
import Testing

@testable import Gateway

/// What policies would say, as IAM answers it.
@Suite struct SimulationTests {
    private static func policy(_ statements: String) -> String {
        #"{"Version":"2012-10-17","Statement":["# + statements + "]}"
    }

    private static let ada = "arn:aws:iam::000000000000:user/ada"
    private static let reads = #"{"Sid":"R","Effect":"Allow","Action":"s3:Get*","Resource":"arn:aws:s3:::b/*"}"#

    private func withUser(_ statements: String) async throws -> IAMFixture {
        let iam = try await IAMFixture()
        try await iam.call("CreateUser", ["UserName": "ada"])
        try await iam.call(
            "PutUserPolicy", ["UserName": "ada", "PolicyName": "own", "PolicyDocument": Self.policy(statements)])
        return iam
    }

    @Test func `each action on each resource has a result, with the statement that decides`() async throws {
        let iam = try await withUser(Self.reads)
        let answer = try await iam.call(
            "SimulatePrincipalPolicy",
            [
                "PolicySourceArn": Self.ada, "ActionNames.member.1": "s3:GetObject",
                "ActionNames.member.2": "s3:PutObject", "ResourceArns.member.1": "arn:aws:s3:::b/k",
                "ResourceArns.member.2": "arn:aws:s3:::c/k",
            ])
        #expect(answer.status == 200)
        #expect(answer.all("EvalDecision") == ["allowed", "implicitDeny", "implicitDeny", "implicitDeny"])
        #expect(answer.all("EvalActionName") == ["s3:GetObject", "s3:GetObject", "s3:PutObject", "s3:PutObject"])
        #expect(answer["SourcePolicyId"] == "own" && answer["SourcePolicyType"] == "user")
        #expect(answer.all("Column").prefix(2) == ["41", "116"] || answer.all("Line").prefix(2) == ["1", "1"])
        #expect(answer.all("EvalResourceDecision").first == "allowed")
    }

    @Test func `a denial is all that is shown`() async throws {
        let deny = #"{"Effect":"Deny","Action":"s3:*","Resource":"*"}"#
        let iam = try await withUser(Self.reads + "," + deny)
        let answer = try await iam.call(
            "SimulatePrincipalPolicy",
            [
                "PolicySourceArn": Self.ada, "ActionNames.member.1": "s3:GetObject",
                "ResourceArns.member.1": "arn:aws:s3:::b/k",
            ])
        #expect(answer["EvalDecision"] == "explicitDeny")
        // Once in the result, and once for the resource.
        #expect(answer.all("SourcePolicyId").count == 2)
    }

    @Test func `what conditions ask for is missing until it is given`() async throws {
        let iam = try await withUser(
            #"{"Effect":"Allow","Action":"iam:*","Resource":"*","Condition":{"IpAddress":{"aws:SourceIp":"10.0.0.0/8"}}}"#
        )
        let without = try await iam.call(
            "SimulatePrincipalPolicy", ["PolicySourceArn": Self.ada, "ActionNames.member.1": "iam:GetUser"])
        #expect(without["EvalDecision"] == "implicitDeny")
        #expect(without.root.description(of: "MissingContextValues") == ["aws:SourceIp"])
        let with = try await iam.call(
            "SimulatePrincipalPolicy",
            [
                "PolicySourceArn": Self.ada, "ActionNames.member.1": "iam:GetUser",
                "ContextEntries.member.1.ContextKeyName": "AWS:sourceip",
                "ContextEntries.member.1.ContextKeyValues.member.1": "10.9.9.9",
                "ContextEntries.member.1.ContextKeyType": "ip",
            ])
        #expect(with["EvalDecision"] == "allowed")
        #expect(with.root.description(of: "MissingContextValues") == [])
    }

    @Test func `a boundary limits, and says so`() async throws {
        let iam = try await withUser(#"{"Effect":"Allow","Action":"*","Resource":"*"}"#)
        let answer = try await iam.call(
            "SimulatePrincipalPolicy",
            [
                "PolicySourceArn": Self.ada, "ActionNames.member.1": "iam:GetUser",
                "PermissionsBoundaryPolicyInputList.member.1": Self.policy(Self.reads),
            ])
        #expect(answer["EvalDecision"] == "implicitDeny" && answer["AllowedByPermissionsBoundary"] == "false")
    }

    @Test func `policies that come with the question count, also alone`() async throws {
        let iam = try await withUser(Self.reads)
        let lists = #"{"Effect":"Allow","Action":"s3:List*","Resource":"*"}"#
        let more = try await iam.call(
            "SimulatePrincipalPolicy",
            [
                "PolicySourceArn": Self.ada, "ActionNames.member.1": "s3:ListBucket",
                "PolicyInputList.member.1": Self.policy(lists),
            ])
        #expect(more["EvalDecision"] == "allowed" && more["SourcePolicyId"] == "PolicyInputList.1")
        let alone = try await iam.call(
            "SimulateCustomPolicy",
            ["ActionNames.member.1": "s3:ListBucket", "PolicyInputList.member.1": Self.policy(lists)])
        #expect(alone["EvalDecision"] == "allowed")
        let resource = try await iam.call(
            "SimulateCustomPolicy",
            [
                "ActionNames.member.1": "s3:GetObject", "ResourceArns.member.1": "arn:aws:s3:::x/y",
                "PolicyInputList.member.1": Self.policy(lists), "CallerArn": Self.ada,
                "ResourcePolicy": Self.policy(
                    #"{"Effect":"Allow","Principal":{"AWS":"\#(Self.ada)"},"Action":"s3:GetObject","Resource":"*"}"#),
            ])
        #expect(resource["EvalDecision"] == "allowed" && resource["SourcePolicyType"] == "resource")
    }

    @Test func `roles are asked about too, and results come in pages`() async throws {
        let iam = try await IAMFixture()
        try await iam.call("CreateRole", ["RoleName": "deploy", "AssumeRolePolicyDocument": IAMFixture.trust])
        try await iam.call("AttachRolePolicy", ["RoleName": "deploy", "PolicyArn": IAMFixture.basic])
        let members: KeyValuePairs = [
            "PolicySourceArn": "arn:aws:iam::000000000000:role/deploy", "ActionNames.member.1": "logs:PutLogEvents",
            "ActionNames.member.2": "logs:DeleteLogGroup", "MaxItems": "1",
        ]
        let first = try await iam.call("SimulatePrincipalPolicy", members)
        #expect(first.all("EvalDecision") == ["allowed"] && first["IsTruncated"] == "true")
        #expect(first["SourcePolicyType"] == "aws-managed" && first["SourcePolicyId"] == "AWSLambdaBasicExecutionRole")
    }

    @Test func `what cannot be asked is refused with a reason`() async throws {
        let iam = try await withUser(Self.reads)
        let missing = try await iam.call(
            "SimulatePrincipalPolicy",
            ["PolicySourceArn": "arn:aws:iam::000000000000:user/bob", "ActionNames.member.1": "s3:GetObject"])
        #expect(missing.status == 404 && missing["Code"] == "NoSuchEntity")
        for (name, members) in [
            ("root", ["PolicySourceArn": "arn:aws:iam::000000000000:root", "ActionNames.member.1": "s3:GetObject"]),
            ("action", ["PolicySourceArn": Self.ada, "ActionNames.member.1": "GetObject"]),
            (
                "policy",
                ["PolicySourceArn": Self.ada, "ActionNames.member.1": "a:b", "PolicyInputList.member.1": "{}"]
            ),
        ] as [(String, KeyValuePairs<String, String>)] {
            let answer = try await iam.call("SimulatePrincipalPolicy", members)
            #expect(answer.status == 400 && answer["Code"] == "InvalidInput", "\(name)")
        }
    }

    @Test func `whoever asks needs a permission for it`() async throws {
        var iam = try await withUser(Self.reads)
        iam.principal = .user(
            try await iam.identity.get(UserRecord.self, EntityName("ada")).identity(in: .standard))
        let answer = try await iam.call(
            "SimulatePrincipalPolicy", ["PolicySourceArn": Self.ada, "ActionNames.member.1": "s3:GetObject"])
        #expect(answer.status == 403)
    }
}

extension XMLNode {
    /// The texts of the members of the first element of a name.
    fileprivate func description(of name: String) -> [String]? {
        if self.name == name { return children.map(\.text) }
        for child in children { if let found = child.description(of: name) { return found } }
        return nil
    }
}
