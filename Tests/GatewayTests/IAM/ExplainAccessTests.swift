import Core
import Platform
import Testing

@testable import Gateway

/// Why something is allowed or not, for whoever may ask.
@Suite struct ExplainAccessTests {
    private static let function = "arn:aws:lambda:us-east-1:000000000000:function:resize"

    private func fixture() async throws -> IAMFixture {
        let iam = try await IAMFixture()
        try await iam.call("CreateUser", ["UserName": "ada"])
        try await iam.call("CreateRole", ["RoleName": "r", "AssumeRolePolicyDocument": IAMFixture.trust])
        let made = try await iam.post(
            "/2015-03-31/functions", LambdaFixture.function("resize"), service: "lambda")
        #expect(made.status == 201)
        return iam
    }

    private func explain(
        _ iam: IAMFixture, _ principal: String, _ action: String = "lambda:InvokeFunction",
        _ resource: String = function, _ context: JSON = [:]
    ) async throws -> (status: Int, body: JSON) {
        try await iam.post(
            "/2026-11-20/access/explain",
            [
                "Principal": .string(principal), "Action": .string(action), "Resource": .string(resource),
                "Context": context,
            ])
    }

    @Test func `a user without a policy lacks one, and with one the statement is named`() async throws {
        let iam = try await fixture()
        let ada = "arn:aws:iam::000000000000:user/ada"
        let denied = try await explain(iam, ada).body
        #expect(denied["Allowed"] == false && denied["MissingPolicyKind"] == "identity")
        try await iam.call(
            "PutUserPolicy",
            [
                "UserName": "ada", "PolicyName": "own",
                "PolicyDocument": #"""
                {"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"},
                 {"Sid":"Inv","Effect":"Allow","Action":"lambda:Invoke*","Resource":"*",
                  "Condition":{"IpAddress":{"aws:SourceIp":"10.0.0.0/8"}}}]}
                """#,
            ])
        let near = try await explain(iam, ada).body
        #expect(near["Decision"] == "implicitDeny")
        let miss = near["NearMisses"]?.array?.first
        #expect(miss?["Statement"]?["Sid"] == "Inv" && miss?["Statement"]?["Index"] == 1)
        #expect(miss?["FailedConditions"]?.array?.first?["Key"] == "aws:SourceIp")
        #expect(miss?["FailedConditions"]?.array?.first?["IsAbsent"] == true)
        let allowed = try await explain(
            iam, ada, "lambda:InvokeFunction", Self.function, ["aws:sourceip": ["10.1.2.3"]]
        ).body
        #expect(allowed["Allowed"] == true && allowed["DecidingStatement"]?["Policy"] == "own")
    }

    @Test func `a function acts as its role, and what makes it powerless is said`() async throws {
        let iam = try await fixture()
        let denied = try await explain(iam, Self.function, "logs:PutLogEvents", "*").body
        #expect(denied["Allowed"] == false && denied["Notes"]?.array?.isEmpty == true)
        try await iam.call("AttachRolePolicy", ["RoleName": "r", "PolicyArn": IAMFixture.basic])
        #expect(try await explain(iam, Self.function, "logs:PutLogEvents", "*").body["Allowed"] == true)
        try await iam.call(
            "UpdateAssumeRolePolicy",
            [
                "RoleName": "r",
                "PolicyDocument": IAMFixture.trust.replacing("lambda.amazonaws.com", with: "events.amazonaws.com"),
            ])
        let untrusted = try await explain(iam, Self.function, "logs:PutLogEvents", "*").body
        #expect(untrusted["Allowed"] == false)
        #expect(untrusted["Notes"]?.array?.first?.string?.contains("does not let lambda.amazonaws.com") == true)
    }

    @Test func `the function's own policy counts`() async throws {
        let iam = try await fixture()
        #expect(try await explain(iam, "events.amazonaws.com").body["MissingPolicyKind"] == "resource")
        let added = try await iam.post(
            "/2015-03-31/functions/resize/policy",
            [
                "StatementId": "bus", "Action": "lambda:InvokeFunction", "Principal": "events.amazonaws.com",
            ], service: "lambda")
        #expect(added.status == 201)
        let allowed = try await explain(iam, "events.amazonaws.com").body
        #expect(allowed["Allowed"] == true && allowed["DecidingStatement"]?["Sid"] == "bus")
        #expect(allowed["DecidingStatement"]?["PolicyKind"] == "resource")
        // A user of the account is none of those it names.
        let other = try await explain(iam, "arn:aws:iam::000000000000:user/ada").body
        #expect(other["NearMisses"]?.array?.first?["IsForOthers"] == true)
    }

    @Test func `the account itself, roles and their sessions can be asked for`() async throws {
        let iam = try await fixture()
        #expect(try await explain(iam, "arn:aws:iam::000000000000:root").body["Allowed"] == true)
        for name in ["arn:aws:iam::000000000000:role/r", "arn:aws:sts::000000000000:assumed-role/r/x"] {
            let answer = try await explain(iam, name)
            #expect(answer.status == 200 && answer.body["MissingPolicyKind"] == "identity", "\(name)")
        }
    }

    @Test func `what is nobody or nothing is refused`() async throws {
        let iam = try await fixture()
        for name in [
            "arn:aws:iam::000000000000:user/bob", "arn:aws:iam::000000000000:user/other/ada",
            "arn:aws:iam::111111111111:user/ada", "arn:aws:iam::000000000000:group/x",
            "arn:aws:lambda:us-east-1:000000000000:layer:x",
        ] {
            #expect(try await explain(iam, name).status == 404, "\(name)")
        }
        #expect(try await explain(iam, Self.function + "s").status == 404)
        for (principal, action, resource) in [
            ("ada", "a:b", "*"), ("arn:aws:iam::000000000000:root", "invoke", "*"),
            ("arn:aws:iam::000000000000:root", "a:*", "*"), ("arn:aws:iam::000000000000:root", "a:b", "x"),
        ] {
            #expect(try await explain(iam, principal, action, resource).status == 400, "\(principal) \(action)")
        }
        let context = try await explain(iam, "arn:aws:iam::000000000000:root", "a:b", "*", ["nokey": ["x"]])
        #expect(context.status == 400)
    }

    @Test func `only who may explain may ask`() async throws {
        var iam = try await fixture()
        iam.principal = .user(
            try await iam.identity.get(UserRecord.self, EntityName("ada")).identity(in: .standard))
        #expect(try await explain(iam, "arn:aws:iam::000000000000:root").status == 403)
    }
}
