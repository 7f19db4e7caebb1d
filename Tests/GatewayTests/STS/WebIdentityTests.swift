import Core
import Platform
import TestSupport
import Testing

@testable import Gateway

/// A role for whom an identity provider vouches, from the provider's making to the session.
@Suite struct WebIdentityTests {
    private static let mint = Result { try TokenMint() }
    private static let provider = "arn:aws:iam::000000000000:oidc-provider/id.example.com"
    private static let role = "arn:aws:iam::000000000000:role/web"

    private static let trust = """
        {"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Federated":"\(provider)"},\
        "Action":"sts:AssumeRoleWithWebIdentity","Condition":{"StringEquals":{"id.example.com:aud":"app"},\
        "StringLike":{"id.example.com:sub":"repo:ada/*"}}}]}
        """

    /// The provider with its keys, a role that trusts it, and nobody in particular who asks.
    private func fixture(trust: String = trust) async throws -> IAMFixture {
        var iam = try await IAMFixture()
        let made = try await iam.call(
            "CreateOpenIDConnectProvider",
            [
                "Url": "https://id.example.com", "ClientIDList.member.1": "app", "ClientIDList.member.2": "other",
                "ThumbprintList.member.1": String(repeating: "a", count: 40),
            ])
        #expect(made["OpenIDConnectProviderArn"] == Self.provider)
        let pinned = try await pin(iam, try Self.mint.get().keySet())
        #expect(pinned.status == 200 && pinned.body["Keys"]?.array?.count == 3)
        try await iam.call("CreateRole", ["RoleName": "web", "AssumeRolePolicyDocument": trust])
        iam.principal = .anonymous(.standard)
        return iam
    }

    private func pin(_ iam: IAMFixture, _ keys: String) async throws -> (status: Int, body: JSON) {
        try await iam.post(
            "/2026-11-20/openid-connect-providers/keys",
            ["OpenIDConnectProviderArn": .string(Self.provider), "KeySet": .string(keys)])
    }

    private func token(_ subject: String = "repo:ada/x", audience: String = "app", lasts: Int64 = 600) throws -> String
    {
        let now = Instant.now.milliseconds / 1000
        return try Self.mint.get().token([
            "iss": "https://id.example.com", "sub": .string(subject), "aud": .string(audience),
            "iat": .number(JSONNumber(now)), "exp": .number(JSONNumber(now + lasts)),
        ])
    }

    private func assume(
        _ iam: IAMFixture, _ token: String, role: String = role
    ) async throws -> IAMFixture.Answer {
        try await iam.call(
            "AssumeRoleWithWebIdentity",
            ["RoleArn": role, "RoleSessionName": "build", "WebIdentityToken": token], service: "sts")
    }

    @Test func `a token that the trust policy admits becomes a session`() async throws {
        let iam = try await fixture()
        let answer = try await assume(iam, try token())
        #expect(answer.status == 200)
        #expect(answer["SubjectFromWebIdentityToken"] == "repo:ada/x" && answer["Audience"] == "app")
        #expect(answer["Provider"] == Self.provider)
        #expect(answer["Arn"] == "arn:aws:sts::000000000000:assumed-role/web/build")
        #expect(answer["AccessKeyId"]?.hasPrefix("ASIA") == true && answer["SessionToken"] != nil)
        #expect(iam.evidence.principal?.uniqueID == Self.provider + ":app:repo:ada/x")
    }

    @Test func `who the trust policy does not mean is refused, and so is every other role`() async throws {
        let iam = try await fixture()
        for (answer, why) in [
            (try await assume(iam, try token("repo:eve/x")), "subject"),
            (try await assume(iam, try token(audience: "other")), "audience"),
            (try await assume(iam, try token(), role: Self.role + "s"), "no such role"),
            (try await assume(iam, try token(), role: "arn:aws:iam::000000000000:role/p/web"), "other path"),
        ] {
            #expect(answer.status == 403 && answer["Code"] == "AccessDenied", "\(why)")
            #expect(answer["Message"] == "Not authorized to perform sts:AssumeRoleWithWebIdentity", "\(why)")
        }
        let lambda = try await fixture(trust: IAMFixture.trust)
        #expect(try await assume(lambda, try token()).status == 403)
    }

    @Test func `errors are those of STS`() async throws {
        let iam = try await fixture()
        let expired = try await assume(iam, try token(lasts: -400))
        #expect(expired.status == 400 && expired["Code"] == "ExpiredTokenException")
        let stranger = try await assume(iam, try token(audience: "stranger"))
        #expect(stranger.status == 400 && stranger["Code"] == "InvalidIdentityToken")
        #expect(stranger["Message"] == "Incorrect token audience")
        let garbage = try await assume(iam, "garbage")
        #expect(garbage.status == 400 && garbage["Code"] == "InvalidIdentityToken")
        let oversized = try await assume(iam, String(repeating: "a", count: 20_001))
        #expect(oversized.status == 400 && oversized["Code"] == "ValidationError")
    }

    @Test func `a session policy limits, and the role's longest session holds`() async throws {
        let iam = try await fixture()
        let long = try await iam.call(
            "AssumeRoleWithWebIdentity",
            [
                "RoleArn": Self.role, "RoleSessionName": "build", "WebIdentityToken": try token(),
                "DurationSeconds": "7200",
            ], service: "sts")
        #expect(long.status == 400 && long["Code"] == "ValidationError")
    }

    @Test func `providers are made, shown, listed and deleted`() async throws {
        var iam = try await fixture()
        #expect(try await iam.call("ListOpenIDConnectProviders").status == 403)
        iam.principal = .administrator(.standard)
        let again = try await iam.call("CreateOpenIDConnectProvider", ["Url": "https://id.example.com"])
        #expect(again.status == 409 && again["Code"] == "EntityAlreadyExists")
        let shown = try await iam.call("GetOpenIDConnectProvider", ["OpenIDConnectProviderArn": Self.provider])
        #expect(shown["Url"] == "id.example.com" && shown.all("member").prefix(2) == ["app", "other"])
        #expect(try await iam.call("ListOpenIDConnectProviders").all("Arn") == [Self.provider])
        let bad = try await iam.call("CreateOpenIDConnectProvider", ["Url": "http://id.example.com"])
        #expect(bad.status == 400 && bad["Code"] == "InvalidInput")
        try await iam.call("DeleteOpenIDConnectProvider", ["OpenIDConnectProviderArn": Self.provider])
        let gone = try await iam.call("GetOpenIDConnectProvider", ["OpenIDConnectProviderArn": Self.provider])
        #expect(gone.status == 404 && gone["Code"] == "NoSuchEntity")
        #expect(try await pin(iam, try Self.mint.get().keySet()).status == 404)
        #expect(try await assume(iam, try token()).status == 400)
    }

    @Test func `a set of keys that is none, or holds a secret, is not pinned`() async throws {
        var iam = try await fixture()
        iam.principal = .administrator(.standard)
        for keys in ["{}", #"{"keys":[]}"#, #"{"keys":[{"kty":"oct","k":"AAAA"}]}"#, "x"] {
            #expect(try await pin(iam, keys).status == 400, "\(keys)")
        }
        iam.principal = .anonymous(.standard)
        #expect(try await pin(iam, try Self.mint.get().keySet()).status == 403)
        #expect(try await assume(iam, try token()).status == 200)
    }
}
