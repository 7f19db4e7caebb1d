import AccessPolicy
import Core
import Platform
import Testing

@testable import Gateway

@Suite struct PolicyTests {
    private static let arn = "arn:aws:iam::000000000000:policy/p"

    private func fixture() async throws -> IAMFixture {
        let iam = try await IAMFixture()
        try await iam.call("CreatePolicy", ["PolicyName": "p", "PolicyDocument": IAMFixture.policy])
        try await iam.call("CreateRole", ["RoleName": "a", "AssumeRolePolicyDocument": IAMFixture.trust])
        return iam
    }

    @Test func `a policy keeps up to five versions, one of which applies`() async throws {
        let iam = try await fixture()
        for number in 2...5 {
            let made = try await iam.call(
                "CreatePolicyVersion",
                ["PolicyArn": Self.arn, "PolicyDocument": IAMFixture.policy, "SetAsDefault": "true"])
            #expect(made["VersionId"] == "v\(number)" && made["IsDefaultVersion"] == "true")
        }
        let sixth = try await iam.call(
            "CreatePolicyVersion", ["PolicyArn": Self.arn, "PolicyDocument": IAMFixture.policy])
        #expect(sixth.status == 409 && sixth["Code"] == "LimitExceeded")
        #expect(try await iam.call("GetPolicy", ["PolicyArn": Self.arn])["DefaultVersionId"] == "v5")
        try await iam.call("SetDefaultPolicyVersion", ["PolicyArn": Self.arn, "VersionId": "v2"])
        let applies = try await iam.call("DeletePolicyVersion", ["PolicyArn": Self.arn, "VersionId": "v2"])
        #expect(applies.status == 409 && applies["Code"] == "DeleteConflict")
        try await iam.call("DeletePolicyVersion", ["PolicyArn": Self.arn, "VersionId": "v1"])
        let list = try await iam.call("ListPolicyVersions", ["PolicyArn": Self.arn])
        #expect(list.all("VersionId") == ["v5", "v4", "v3", "v2"] && list["Document"] == nil)
        let version = try await iam.call("GetPolicyVersion", ["PolicyArn": Self.arn, "VersionId": "v3"])
        #expect(version["Document"] == RequestSigner.escaped(IAMFixture.policy))
        #expect(try await iam.call("DeletePolicy", ["PolicyArn": Self.arn])["Code"] == "DeleteConflict")
    }

    @Test func `a policy that is attached cannot be deleted`() async throws {
        let iam = try await fixture()
        #expect(try await iam.call("AttachRolePolicy", ["RoleName": "a", "PolicyArn": Self.arn]).status == 200)
        #expect(try await iam.call("AttachRolePolicy", ["RoleName": "a", "PolicyArn": Self.arn]).status == 200)
        #expect(try await iam.call("GetPolicy", ["PolicyArn": Self.arn])["AttachmentCount"] == "1")
        let entities = try await iam.call("ListEntitiesForPolicy", ["PolicyArn": Self.arn])
        #expect(entities.all("RoleName") == ["a"])
        #expect(try await iam.call("DeletePolicy", ["PolicyArn": Self.arn])["Code"] == "DeleteConflict")
        let attached = try await iam.call("ListAttachedRolePolicies", ["RoleName": "a"])
        #expect(attached.all("PolicyArn") == [Self.arn] && attached["PolicyName"] == "p")
        try await iam.call("DetachRolePolicy", ["RoleName": "a", "PolicyArn": Self.arn])
        #expect(try await iam.call("DeletePolicy", ["PolicyArn": Self.arn]).status == 200)
        let gone = try await iam.call("AttachRolePolicy", ["RoleName": "a", "PolicyArn": Self.arn])
        #expect(gone.status == 404 && gone["Message"] == "Policy \(Self.arn) does not exist or is not attachable.")
    }

    @Test func `the policies that templates attach exist and cannot be changed`() async throws {
        let iam = try await fixture()
        for policy in PlatformPolicy.all {
            let answer = try await iam.call("GetPolicy", ["PolicyArn": policy.arn])
            #expect(answer["Arn"] == policy.arn && answer["PolicyId"]?.count == 21, "\(policy.name)")
            _ = try PolicyDocument(policy.document, use: .identity)
        }
        #expect(PlatformPolicy.all.contains { $0.arn == IAMFixture.basic })
        let changed = try await iam.call(
            "CreatePolicyVersion", ["PolicyArn": IAMFixture.basic, "PolicyDocument": IAMFixture.policy])
        #expect(changed.status == 403 && changed["Code"] == "AccessDenied")
        #expect(
            try await iam.call("GetPolicyVersion", ["PolicyArn": IAMFixture.basic, "VersionId": "v1"]).status == 200)
    }

    @Test func `all policies are listed, page by page`() async throws {
        let iam = try await fixture()
        try await iam.call("AttachRolePolicy", ["RoleName": "a", "PolicyArn": IAMFixture.basic])
        var names: [String] = []
        var marker: String?
        repeat {
            let page =
                if let marker {
                    try await iam.call("ListPolicies", ["MaxItems": "10", "Marker": marker])
                } else {
                    try await iam.call("ListPolicies", ["MaxItems": "10"])
                }
            names += page.all("PolicyName")
            marker = page["IsTruncated"] == "true" ? page["Marker"] : nil
        } while marker != nil
        #expect(names == ["p"] + PlatformPolicy.all.map(\.name))
        #expect(try await iam.call("ListPolicies", ["Scope": "Local"]).all("PolicyName") == ["p"])
        let attached = try await iam.call("ListPolicies", ["Scope": "AWS", "OnlyAttached": "true"])
        #expect(attached.all("PolicyName") == ["AWSLambdaBasicExecutionRole"] && attached["AttachmentCount"] == "1")
    }

    @Test func `a policy has tags`() async throws {
        let iam = try await fixture()
        try await iam.call("TagPolicy", ["PolicyArn": Self.arn, "Tags.member.1.Key": "k", "Tags.member.1.Value": ""])
        #expect(try await iam.call("ListPolicyTags", ["PolicyArn": Self.arn]).all("Key") == ["k"])
        #expect(try await iam.call("GetPolicy", ["PolicyArn": Self.arn]).all("Key") == ["k"])
        try await iam.call("UntagPolicy", ["PolicyArn": Self.arn, "TagKeys.member.1": "k"])
        #expect(try await iam.call("ListPolicyTags", ["PolicyArn": Self.arn]).all("Key") == [])
    }
}
