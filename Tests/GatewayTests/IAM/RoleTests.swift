import Core
import Platform
import Testing

@testable import Gateway

@Suite struct RoleTests {
    @Test func `a role comes back as it was made`() async throws {
        let iam = try await IAMFixture()
        let made = try await iam.call(
            "CreateRole",
            [
                "RoleName": "resizer", "Path": "/app/", "AssumeRolePolicyDocument": IAMFixture.trust,
                "Description": "resizes", "MaxSessionDuration": "7200", "Tags.member.1.Key": "team",
                "Tags.member.1.Value": "media",
            ])
        #expect(made.status == 200)
        let role = try await iam.call("GetRole", ["RoleName": "resizer"])
        for answer in [made, role] {
            #expect(answer["Arn"] == "arn:aws:iam::000000000000:role/app/resizer")
            #expect(answer["RoleId"]?.hasPrefix("AROA") == true && answer["RoleId"]?.count == 21)
            #expect(answer["AssumeRolePolicyDocument"] == RequestSigner.escaped(IAMFixture.trust))
            #expect(answer["MaxSessionDuration"] == "7200" && answer["Description"] == "resizes")
            #expect(answer["Key"] == "team" && answer["Value"] == "media" && answer["Path"] == "/app/")
            #expect(answer["CreateDate"]?.count == 20)
        }
        #expect(made["RoleId"] == role["RoleId"])
    }

    @Test func `a role exists once, whatever the case of its name`() async throws {
        let iam = try await IAMFixture()
        try await iam.call("CreateRole", ["RoleName": "a", "AssumeRolePolicyDocument": IAMFixture.trust])
        let again = try await iam.call(
            "CreateRole", ["RoleName": "A", "AssumeRolePolicyDocument": IAMFixture.trust])
        #expect(again.status == 409 && again["Code"] == "EntityAlreadyExists")
        #expect(again["Message"] == "Role with name A already exists.")
        let missing = try await iam.call("GetRole", ["RoleName": "b"])
        #expect(missing.status == 404 && missing["Code"] == "NoSuchEntity")
        #expect(missing["Message"] == "The role with name b cannot be found.")
    }

    @Test func `a policy that is none is refused`() async throws {
        let iam = try await IAMFixture()
        let broken = try await iam.call("CreateRole", ["RoleName": "a", "AssumeRolePolicyDocument": "{"])
        #expect(broken.status == 400 && broken["Code"] == "MalformedPolicyDocument")
        let long = String(repeating: "x", count: 5000)
        let large = try await iam.call(
            "CreateRole",
            [
                "RoleName": "a",
                "AssumeRolePolicyDocument": IAMFixture.trust.replacing(
                    "lambda.amazonaws.com", with: long + ".amazonaws.com"),
            ])
        #expect(large.status == 409 && large["Code"] == "LimitExceeded")
        let unnamed = try await iam.call("CreateRole", ["RoleName": "a b", "AssumeRolePolicyDocument": "{}"])
        #expect(unnamed.status == 400 && unnamed["Code"] == "ValidationError")
    }

    @Test func `updates change what they name and nothing else`() async throws {
        let iam = try await IAMFixture()
        try await iam.call(
            "CreateRole",
            ["RoleName": "a", "AssumeRolePolicyDocument": IAMFixture.trust, "Description": "first"])
        let trust = IAMFixture.trust.replacing("lambda", with: "events")
        try await iam.call("UpdateAssumeRolePolicy", ["RoleName": "a", "PolicyDocument": trust])
        try await iam.call("UpdateRole", ["RoleName": "a", "MaxSessionDuration": "3601"])
        try await iam.call("TagRole", ["RoleName": "a", "Tags.member.1.Key": "k", "Tags.member.1.Value": "v"])
        let role = try await iam.call("GetRole", ["RoleName": "a"])
        #expect(role["AssumeRolePolicyDocument"] == RequestSigner.escaped(trust))
        #expect(role["Description"] == "first" && role["MaxSessionDuration"] == "3601" && role["Value"] == "v")
        try await iam.call("UntagRole", ["RoleName": "a", "TagKeys.member.1": "K"])
        #expect(try await iam.call("ListRoleTags", ["RoleName": "a"]).all("Key") == [])
    }

    @Test func `a role is deleted when it has no policies any more`() async throws {
        let iam = try await IAMFixture()
        try await iam.call("CreateRole", ["RoleName": "a", "AssumeRolePolicyDocument": IAMFixture.trust])
        try await iam.call("AttachRolePolicy", ["RoleName": "a", "PolicyArn": IAMFixture.basic])
        try await iam.call(
            "PutRolePolicy", ["RoleName": "a", "PolicyName": "own", "PolicyDocument": IAMFixture.policy])
        let attached = try await iam.call("DeleteRole", ["RoleName": "a"])
        #expect(attached.status == 409 && attached["Code"] == "DeleteConflict")
        try await iam.call("DetachRolePolicy", ["RoleName": "a", "PolicyArn": IAMFixture.basic])
        #expect(try await iam.call("DeleteRole", ["RoleName": "a"]).status == 409)
        try await iam.call("DeleteRolePolicy", ["RoleName": "a", "PolicyName": "own"])
        #expect(try await iam.call("ListInstanceProfilesForRole", ["RoleName": "a"]).status == 200)
        #expect(try await iam.call("DeleteRole", ["RoleName": "a"]).status == 200)
        #expect(try await iam.call("DeleteRole", ["RoleName": "a"]).status == 404)
    }

    @Test func `policies in a role come back as they were written`() async throws {
        let iam = try await IAMFixture()
        try await iam.call("CreateRole", ["RoleName": "a", "AssumeRolePolicyDocument": IAMFixture.trust])
        for name in ["two", "one"] {
            try await iam.call(
                "PutRolePolicy", ["RoleName": "a", "PolicyName": name, "PolicyDocument": IAMFixture.policy])
        }
        #expect(try await iam.call("ListRolePolicies", ["RoleName": "a"]).all("member") == ["one", "two"])
        let one = try await iam.call("GetRolePolicy", ["RoleName": "a", "PolicyName": "one"])
        #expect(one["PolicyDocument"] == RequestSigner.escaped(IAMFixture.policy) && one["RoleName"] == "a")
        let none = try await iam.call("GetRolePolicy", ["RoleName": "a", "PolicyName": "three"])
        #expect(none.status == 404)
    }

    @Test func `lists come in pages and by path`() async throws {
        let iam = try await IAMFixture()
        for index in 0..<7 {
            try await iam.call(
                "CreateRole",
                [
                    "RoleName": "role\(index)", "Path": index < 2 ? "/x/" : "/y/",
                    "AssumeRolePolicyDocument": IAMFixture.trust,
                ])
        }
        var names: [String] = []
        var marker: String?
        repeat {
            let page =
                if let marker {
                    try await iam.call("ListRoles", ["MaxItems": "3", "Marker": marker])
                } else {
                    try await iam.call("ListRoles", ["MaxItems": "3"])
                }
            names += page.all("RoleName")
            marker = page["IsTruncated"] == "true" ? page["Marker"] : nil
        } while marker != nil
        #expect(names == (0..<7).map { "role\($0)" })
        #expect(try await iam.call("ListRoles", ["PathPrefix": "/y/"]).all("RoleName").count == 5)
        #expect(try await iam.call("ListRoles", ["Marker": "nonsense"]).status == 400)
    }

    @Test func `a principal of another account may do nothing here`() async throws {
        var iam = try await IAMFixture()
        iam.principal = .administrator(try AccountID("111111111111"))
        let answer = try await iam.call("ListRoles")
        #expect(answer.status == 403 && answer["Code"] == "AccessDenied")
    }

    @Test func `an operation that is not served is a clear refusal`() async throws {
        let iam = try await IAMFixture()
        let answer = try await iam.call("CreateGroup", ["GroupName": "g"])
        #expect(answer.status == 400 && answer["Code"] == "InvalidAction")
    }
}
