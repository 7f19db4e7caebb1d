import Core
import Platform
import Testing

@testable import Gateway

@Suite struct UserAndSessionTests {
    @Test func `a user with a key is made, shown and taken away`() async throws {
        let iam = try await IAMFixture()
        let made = try await iam.call("CreateUser", ["UserName": "ann", "Path": "/team/"])
        #expect(made["Arn"] == "arn:aws:iam::000000000000:user/team/ann" && made["UserId"]?.hasPrefix("AIDA") == true)
        let key = try await iam.call("CreateAccessKey", ["UserName": "ann"])
        let id = try #require(key["AccessKeyId"])
        #expect(key["SecretAccessKey"]?.count == 40 && key["Status"] == "Active")
        try await iam.call("UpdateAccessKey", ["UserName": "ann", "AccessKeyId": id, "Status": "Inactive"])
        let list = try await iam.call("ListAccessKeys", ["UserName": "ann"])
        #expect(list.all("AccessKeyId") == [id] && list["Status"] == "Inactive" && list["SecretAccessKey"] == nil)
        try await iam.call("AttachUserPolicy", ["UserName": "ann", "PolicyArn": IAMFixture.basic])
        #expect(try await iam.call("DeleteUser", ["UserName": "ann"])["Code"] == "DeleteConflict")
        try await iam.call("DeleteAccessKey", ["UserName": "ann", "AccessKeyId": id])
        try await iam.call("DetachUserPolicy", ["UserName": "ann", "PolicyArn": IAMFixture.basic])
        #expect(try await iam.call("DeleteUser", ["UserName": "ann"]).status == 200)
        #expect(try await iam.call("GetUser", ["UserName": "ann"]).status == 404)
        let unknown = try await iam.call("DeleteAccessKey", ["UserName": "ann", "AccessKeyId": id])
        #expect(unknown.status == 404)
    }

    @Test func `everybody can ask who they are`() async throws {
        var iam = try await IAMFixture()
        let administrator = try await iam.call("GetCallerIdentity", service: "sts")
        #expect(administrator["Arn"] == "arn:aws:iam::000000000000:root")
        #expect(administrator["Account"] == "000000000000" && administrator["UserId"] == "000000000000")
        iam.principal = .function(
            FunctionIdentity(
                account: .standard, name: try FunctionName("f"), qualifier: .latest,
                role: try ARN("arn:aws:iam::000000000000:role/r")))
        let function = try await iam.call("GetCallerIdentity", service: "sts")
        #expect(function["Arn"] == "arn:aws:sts::000000000000:assumed-role/r/f")
    }

    @Test func `a role that exists can be assumed, for as long as it allows`() async throws {
        let iam = try await IAMFixture()
        try await iam.call(
            "CreateRole",
            [
                "RoleName": "r", "Path": "/x/",
                "AssumeRolePolicyDocument": IAMFixture.trust.replacing(
                    #"{"Service":"lambda.amazonaws.com"}"#, with: #"{"AWS":"000000000000"}"#),
            ])
        let arn = "arn:aws:iam::000000000000:role/x/r"
        let session = try await iam.call("AssumeRole", ["RoleArn": arn, "RoleSessionName": "build"], service: "sts")
        #expect(session.status == 200 && session["Arn"] == "arn:aws:sts::000000000000:assumed-role/r/build")
        let id = try AccessKeyID(#require(session["AccessKeyId"]))
        #expect(id.isTemporary && session["SecretAccessKey"]?.count == 40)
        #expect(try await iam.identity.load(id, token: session["SessionToken"]))
        let long = try await iam.call(
            "AssumeRole", ["RoleArn": arn, "RoleSessionName": "build", "DurationSeconds": "43200"], service: "sts")
        #expect(long["Code"] == "ValidationError")
        for other in ["arn:aws:iam::000000000000:role/r", "arn:aws:iam::111111111111:role/x/r"] {
            let denied = try await iam.call(
                "AssumeRole", ["RoleArn": other, "RoleSessionName": "build"], service: "sts")
            #expect(denied.status == 403 && denied["Code"] == "AccessDenied", "\(other)")
        }
    }

    @Test func `an administrator gets temporary credentials, a session gets none`() async throws {
        var iam = try await IAMFixture()
        let answer = try await iam.call("GetSessionToken", ["DurationSeconds": "900"], service: "sts")
        #expect(answer["AccessKeyId"]?.hasPrefix("ASIA") == true && answer["Expiration"] != nil)
        iam.principal = .session(
            SessionIdentity(
                account: .standard, roleID: "AROAX", role: try EntityName("r"), session: try EntityName("s")))
        #expect(try await iam.call("GetSessionToken", service: "sts")["Code"] == "AccessDenied")
    }

    @Test func `tokens of other issuers are refused`() async throws {
        let iam = try await IAMFixture()
        let answer = try await iam.call(
            "AssumeRoleWithWebIdentity",
            [
                "RoleArn": "arn:aws:iam::000000000000:role/r", "RoleSessionName": "build",
                "WebIdentityToken": "eyJhbGciOiJub25lIn0.e30.",
            ], service: "sts")
        #expect(answer.status == 400 && answer["Code"] == "InvalidIdentityToken")
    }
}
