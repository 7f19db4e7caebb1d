import AccessPolicy
import Core
import Storage
import TestSupport
import Testing
import Vault

@testable import Platform

/// Tokens of an identity provider, true and forged.
@Suite struct WebIdentityAttackTests {
    private static let mint = Result { try TokenMint() }
    private static let now = Instant(milliseconds: 1_800_000_000_000)

    private let identity: Identity
    private let provider: ProviderRecord

    init() async throws {
        let store = MemoryStore()
        let key = try await Keys(store: store, root: RootKey()).key(for: "identity", in: .standard)
        identity = Identity(account: .standard, store: store, key: key)
        let url = try #require(ProviderURL("https://id.example.com/realm"))
        provider = try ProviderRecord(url: url, clientIDs: ["app", "other"], thumbprints: [], created: .now)
        try await identity.create(provider)
        _ = try await identity.pin(try Self.mint.get().keySet(), to: provider.arn(in: .standard))
    }

    /// Good claims, changed; a claim that is `null` is left out.
    private func claims(_ changes: KeyValuePairs<String, JSON> = [:]) -> JSON {
        let now = Self.now.milliseconds / 1000
        var claims = JSONObject([
            ("iss", "https://id.example.com/realm"), ("sub", "ada"), ("aud", "app"),
            ("exp", .number(JSONNumber(now + 600))), ("iat", .number(JSONNumber(now - 10))),
        ])
        for (name, value) in changes { claims[name] = value.isNull ? nil : value }
        return .object(claims)
    }

    private func number(_ offset: Int64) -> JSON { .number(JSONNumber(Self.now.milliseconds / 1000 + offset)) }

    private func check(_ token: String) async throws(WebIdentityError) -> IdentityClaims {
        try await identity.claims(of: token, at: Self.now)
    }

    private func expect(_ error: WebIdentityError, of token: String, _ line: Int = #line) async {
        do throws(WebIdentityError) {
            _ = try await check(token)
            Issue.record("a token was taken, line \(line)")
        } catch let found {
            #expect(found == error, "line \(line)")
        }
    }

    @Test(arguments: ["RS256", "ES256", "EdDSA"])
    func `a good token says who it is`(_ algorithm: String) async throws {
        let token = try Self.mint.get().token(claims(["amr": ["pwd", "otp"]]), algorithm: algorithm)
        let found = try await check(token)
        #expect(found.subject == "ada" && found.audience == "app")
        #expect(found.facts["id.example.com/realm:sub"] == .text("ada"))
        #expect(found.facts["id.example.com/realm:aud"] == .text("app"))
        #expect(found.facts["id.example.com/realm:amr"] == .texts(["pwd", "otp"]))
    }

    @Test func `a token without a signature stands for nobody`() async throws {
        let payload = Base64URL.encode(claims().serialized)
        for algorithm in ["none", "None", "nOnE"] {
            let head = Base64URL.encode(Array(#"{"alg":"\#(algorithm)"}"#.utf8))
            await expect(.malformed, of: "\(head).\(payload).")
        }
        let signed = try Self.mint.get().token(claims())
        await expect(.badSignature, of: signed.split(separator: ".").prefix(2).joined(separator: ".") + ".")
    }

    @Test func `the public key is no secret for an HMAC`() async throws {
        await expect(.malformed, of: try Self.mint.get().confused(claims().text))
    }

    @Test func `another provider's key verifies nothing, however the header points to it`() async throws {
        let forger = try TokenMint()
        let own = try forger.keys()[0]
        for header: JSON in [
            ["alg": "RS256", "kid": "rsa"], ["alg": "RS256"], ["alg": "RS256", "kid": "rsa", "jwk": own],
            ["alg": "RS256", "jku": "https://id.example.com/realm/../evil"],
        ] {
            await expect(.badSignature, of: try forger.token(header, claims().text))
        }
    }

    @Test func `a changed claim breaks the signature`() async throws {
        var parts = try Self.mint.get().token(claims()).split(separator: ".").map(String.init)
        parts[1] = Base64URL.encode(claims(["sub": "root"]).serialized)
        await expect(.badSignature, of: parts.joined(separator: "."))
    }

    @Test func `a claim that comes twice is none`() async throws {
        var text = claims().text
        text.removeLast()
        await expect(.malformed, of: try Self.mint.get().token(["alg": "RS256"], text + #","sub":"root"}"#))
    }

    @Test func `a token for another client or of another issuer is refused`() async throws {
        let mint = try Self.mint.get()
        await expect(.wrongAudience, of: try mint.token(claims(["aud": "stranger"])))
        await expect(.wrongAudience, of: try mint.token(claims(["aud": ["app", "stranger"]])))
        await expect(.wrongAudience, of: try mint.token(claims(["azp": "stranger"])))
        await expect(.wrongAudience, of: try mint.token(claims(["aud": "App"])))
        #expect(try await check(mint.token(claims(["aud": ["api", "x"], "azp": "other"]))).audience == "other")
        for issuer in ["https://id.example.com", "https://id.example.com/realm/", "https://evil.example"] {
            await expect(.unknownIssuer(issuer), of: try mint.token(claims(["iss": .string(issuer)])))
        }
        for issuer in ["http://id.example.com/realm", "id.example.com/realm", "https://a@id.example.com/realm"] {
            await expect(.unknownIssuer(issuer), of: try mint.token(claims(["iss": .string(issuer)])))
        }
    }

    @Test func `a token has its time`() async throws {
        let mint = try Self.mint.get()
        let end = Instant(milliseconds: Self.now.milliseconds - 301_000)
        await expect(.expired(at: end), of: try mint.token(claims(["exp": number(-301)])))
        #expect(try await check(mint.token(claims(["exp": number(-200)]))).subject == "ada")
        await expect(.notYetValid(claim: "nbf"), of: try mint.token(claims(["nbf": number(400)])))
        await expect(.notYetValid(claim: "iat"), of: try mint.token(claims(["iat": number(400)])))
        await expect(.tooOld, of: try mint.token(claims(["iat": number(-90_000)])))
    }

    @Test(arguments: ["iss", "sub", "aud", "exp", "iat"])
    func `a claim that must be there must be of its kind`(_ name: String) async throws {
        let mint = try Self.mint.get()
        await expect(.missing(claim: name), of: try mint.token(claims([name: .null])))
        await expect(.missing(claim: name), of: try mint.token(claims([name: true])))
        await expect(.missing(claim: name), of: try mint.token(claims([name: [1]])))
    }

    @Test func `times that are no times are refused`() async throws {
        let mint = try Self.mint.get()
        for text in ["-1", "1e300", "1e11"] {
            let number = try JSON(parsing: text)
            await expect(.missing(claim: "exp"), of: try mint.token(claims(["exp": number])))
        }
    }

    @Test func `without pinned keys nobody gets in`() async throws {
        let url = try #require(ProviderURL("https://new.example"))
        try await identity.create(ProviderRecord(url: url, clientIDs: ["app"], thumbprints: [], created: .now))
        let token = try Self.mint.get().token(claims(["iss": "https://new.example"]))
        await expect(.noKeys(issuer: "https://new.example"), of: token)
    }

    @Test func `keys that were replaced verify nothing any more`() async throws {
        let token = try Self.mint.get().token(claims())
        _ = try await check(token)
        _ = try await identity.pin(try TokenMint().keySet(), to: provider.arn(in: .standard))
        await expect(.badSignature, of: token)
    }

    @Test(arguments: [
        "", "https://", "http://a", "https:///x", "https://a?b", "https://a#b", "https://a b", "https://u@a",
        "https://:8443", "https://a%2fb", "https://\u{e9}",
        // One character with the slash, and gone with it, when characters were counted.
        "https://\u{31a}id.example.com",
    ])
    func `an address that is none is refused`(_ text: String) { #expect(ProviderURL(text) == nil) }

    @Test func `an address may have a port and a path`() {
        #expect(ProviderURL("https://id.example:8443/realms/x")?.text == "id.example:8443/realms/x")
    }
}
