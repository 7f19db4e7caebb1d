import Core
import TestSupport
import Testing

@testable import Vault

/// Tokens and key sets that somebody made up.
@Suite struct SignedTokenTests {
    private static let mint = Result { try TokenMint() }

    @Test(arguments: ["RS256", "ES256", "EdDSA"])
    func `a token verifies with its own key, whether it names it or not`(_ algorithm: String) throws {
        let mint = try Self.mint.get()
        let keys = try KeySet(parsing: Array(try mint.keySet().utf8))
        #expect(try SignedToken(parsing: mint.token(["a": 1], algorithm: algorithm)).isSigned(by: keys))
        #expect(try SignedToken(parsing: mint.token(["alg": .string(algorithm)], "{}")).isSigned(by: keys))
        let other = try mint.token(["alg": .string(algorithm), "kid": "another"], "{}")
        #expect(try !SignedToken(parsing: other).isSigned(by: keys))
    }

    @Test func `an algorithm is the key's and not the token's to choose`() throws {
        let mint = try Self.mint.get()
        let keys = try KeySet(parsing: Array(try mint.keySet().utf8))
        for (said, done) in [("RS256", "ES256"), ("ES256", "EdDSA"), ("EdDSA", "RS256")] {
            let token = try mint.token(["alg": .string(said)], "{}", by: done)
            #expect(try !SignedToken(parsing: token).isSigned(by: keys))
        }
    }

    @Test(arguments: ["none", "None", "NONE", "HS256", "RS512", "rs256", "", "RS256\u{0}"])
    func `an algorithm without a key is refused`(_ algorithm: String) throws {
        let head = Base64URL.encode(JSON.object(JSONObject([("alg", .string(algorithm))])).serialized)
        for signature in ["", "AAAA"] {
            #expect(throws: SignedTokenError.unknownAlgorithm) {
                try SignedToken(parsing: "\(head).\(Base64URL.encode(Array("{}".utf8))).\(signature)")
            }
        }
    }

    @Test func `keys that a token brings along or points to are not looked at`() throws {
        let (mint, forger) = (try Self.mint.get(), try TokenMint())
        let keys = try KeySet(parsing: Array(try mint.keySet().utf8))
        let own = try forger.keys()[0]
        for header: JSON in [
            ["alg": "RS256", "kid": "rsa", "jwk": own], ["alg": "RS256", "jku": "https://forger.example/keys"],
            ["alg": "RS256", "x5u": "https://forger.example/cert", "x5c": ["AAAA"]],
        ] {
            #expect(try !SignedToken(parsing: forger.token(header, "{}")).isSigned(by: keys))
        }
    }

    @Test func `a header that asks for what is not understood is refused`() throws {
        let token = try Self.mint.get().token(["alg": "RS256", "crit": ["b64"], "b64": false], "{}")
        #expect(throws: SignedTokenError.unknownExtension) { try SignedToken(parsing: token) }
    }

    @Test(arguments: [
        "", ".", "..", "...", "a.b.c", "e30.e30.", "e30.e30.e30.e30", " e30.e30.e30", "e30=.e30.e30", "bnVsbA.e30.e30",
    ])
    func `what is no token is refused`(_ text: String) {
        #expect(throws: SignedTokenError.malformed) { try SignedToken(parsing: text) }
    }

    @Test func `a header with a claim that comes twice is refused`() {
        let head = Base64URL.encode(Array(#"{"alg":"RS256","alg":"none"}"#.utf8))
        #expect(throws: SignedTokenError.malformed) { try SignedToken(parsing: "\(head).e30.AAAA") }
    }

    @Test func `a token that is too large is not even read`() {
        #expect(throws: SignedTokenError.tooLarge(limit: 20_000)) {
            try SignedToken(parsing: String(repeating: "a", count: 20_001))
        }
    }

    @Test func `a key set is for verifying, and bounded`() throws {
        let keys = try Self.mint.get().keys()
        func set(_ keys: [JSON]) throws -> KeySet {
            try KeySet(parsing: JSON.object(JSONObject([("keys", .array(keys))])).serialized)
        }
        #expect(try set(keys).keys.map(\.algorithm) == [.rs256, .es256, .edDSA])
        var other = keys[0].object ?? JSONObject()
        other["use"] = "enc"
        #expect(throws: KeySetError.nothingUsable) { try set([.object(other)]) }
        #expect(throws: KeySetError.nothingUsable) { try set([["kty": "EC", "crv": "P-521", "x": "AA", "y": "AA"]]) }
        #expect(throws: KeySetError.secretKey(1)) { try set([keys[0], ["kty": "oct", "k": "AAAA"]]) }
        other["d"] = "AAAA"
        #expect(throws: KeySetError.secretKey(0)) { try set([.object(other)]) }
        #expect(throws: KeySetError.malformedKey(0)) { try set([["kty": "RSA", "n": "AQAB", "e": "AQAB"]]) }
        #expect(throws: KeySetError.tooManyKeys(limit: 32)) { try set(Array(repeating: keys[0], count: 33)) }
        #expect(throws: KeySetError.noList) { try KeySet(parsing: Array("{}".utf8)) }
        #expect(throws: KeySetError.tooLarge(limit: 65_536)) {
            try KeySet(parsing: [UInt8](repeating: 0x20, count: 65_537))
        }
    }

    @Test func `Base64 for URLs is what its encoder writes, and nothing else`() {
        for count in 0..<40 {
            let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 * 97 + 251) }
            #expect(Base64URL.decode(Base64URL.encode(bytes)) == bytes)
        }
        for text in ["A", "AB==", "AB", "A+==", "+A", "/w", "A A", "AAAA\n", "é"] where text != "AA" {
            #expect(Base64URL.decode(text) == nil, "\(text)")
        }
    }
}
