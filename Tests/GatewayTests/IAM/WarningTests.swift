import Platform
import Testing

@testable import Gateway

/// What of a policy can never match is told when it is written.
@Suite struct WarningTests {
    @Test func `a policy that does nothing is taken, and the call says what of it never matches`() async throws {
        let iam = try await IAMFixture()
        let document = #"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s4:Get*","Resource":"*"}]}"#
        #expect(
            try await iam.call("CreatePolicy", ["PolicyName": "p", "PolicyDocument": document]).status == 200)
        let sentence = #"PolicyDocument: Statement[0].Action[0] can never match: no service here has the prefix "s4""#
        #expect(iam.evidence.warnings == [sentence])
        #expect(iam.evidence.facts.map(\.name) == ["warning"] && iam.evidence.facts.map(\.value) == [sentence])
    }

    @Test func `a good policy is no reason for a word`() async throws {
        let iam = try await IAMFixture()
        try await iam.call("CreatePolicy", ["PolicyName": "p", "PolicyDocument": IAMFixture.policy])
        try await iam.call("CreateRole", ["RoleName": "r", "AssumeRolePolicyDocument": IAMFixture.trust])
        #expect(iam.evidence.warnings.isEmpty)
    }
}
