import Core
import TestSupport
import Testing

@testable import Vault

/// The public vectors for signed tokens: RFC 7520, RFC 8037 and Project Wycheproof.
@Suite struct TokenVectorTests {
    private static func json(_ name: String) throws -> JSON { try JSON(parsing: Suites.bytes("jose/" + name)) }

    /// A set of one key, without what is private of it.
    private static func keySet(_ key: JSON) throws -> KeySet {
        let members = (key.object?.members ?? []).filter { !["d", "p", "q", "dp", "dq", "qi"].contains($0.key) }
        let object = JSON.object(JSONObject(members.map { ($0.key, $0.value) }))
        return try KeySet(parsing: JSON.object(JSONObject([("keys", .array([object]))])).serialized)
    }

    @Test(.enabled(if: Suites.has("jose/jws/4_1.rsa_v15_signature.json")))
    func `the examples of the standards verify, and with another byte do not`() throws {
        for name in ["jws/4_1.rsa_v15_signature.json", "curve25519/jws.json"] {
            let example = try Self.json(name)
            let text = try #require(example["output"]?["compact"]?.string)
            let keys = try Self.keySet(try #require(example["input"]?["key"]))
            let token = try SignedToken(parsing: text)
            #expect(token.isSigned(by: keys), "\(name)")
            #expect(String(decoding: token.payload, as: UTF8.self) == example["input"]?["payload"]?.string)
            var bytes = Array(text.utf8)
            bytes[text.utf8.count - 20] = bytes[text.utf8.count - 20] == 0x41 ? 0x42 : 0x41
            let changed = try SignedToken(parsing: String(decoding: bytes, as: UTF8.self))
            #expect(!changed.isSigned(by: keys), "\(name)")
        }
    }

    @Test(.enabled(if: Suites.has("jose/jws/4_3.ecdsa_signature.json")))
    func `an algorithm that is not known is refused`() throws {
        for name in [
            "jws/4_2.rsa-pss_signature.json", "jws/4_3.ecdsa_signature.json",
            "jws/4_4.hmac-sha2_integrity_protection.json",
        ] {
            let text = try #require(try Self.json(name)["output"]?["compact"]?.string)
            #expect(throws: SignedTokenError.unknownAlgorithm) { try SignedToken(parsing: text) }
        }
    }

    @Test(.enabled(if: Suites.has("jose/wycheproof/json_web_signature_test.json")))
    func `what Wycheproof forges is refused, and what it signs verifies`() throws {
        var (valid, invalid) = (0, 0)
        for group in try Self.json("wycheproof/json_web_signature_test.json")["testGroups"]?.array ?? [] {
            let key = group["public"] ?? group["private"] ?? .null
            let isKnown = ["RS256", "ES256"].contains(key["alg"]?.string ?? "")
            // A key that is refused verifies nothing.
            let keys = try? Self.keySet(key)
            for test in group["tests"]?.array ?? [] {
                let token = try? SignedToken(parsing: test["jws"]?.string ?? "")
                let passed = keys.flatMap { keys in token.map { $0.isSigned(by: keys) } } ?? false
                let expected = isKnown && test["result"] == "valid"
                #expect(passed == expected, "case \(test["tcId"]?.integer ?? 0): \(test["comment"]?.string ?? "")")
                if expected { valid += 1 } else { invalid += 1 }
            }
        }
        #expect(valid >= 9 && invalid >= 380)
    }

    @Test(
        .enabled(if: Suites.has("jose/wycheproof/rsa_signature_2048_sha256_test.json")),
        arguments: [
            ("rsa_signature_2048_sha256_test", "keyJwk", 250), ("ed25519_test", "publicKeyJwk", 100),
            ("ecdsa_secp256r1_sha256_p1363_test", "publicKeyJwk", 200),
        ])
    func `signatures agree with every case`(_ name: String, _ member: String, _ least: Int) throws {
        var checked = 0
        for group in try Self.json("wycheproof/\(name).json")["testGroups"]?.array ?? [] {
            guard let jwk = group[member], let key = try? Self.keySet(jwk).keys[0] else { continue }
            for test in group["tests"]?.array ?? [] where test["result"] != "acceptable" {
                let message = try #require(test["msg"]?.string.flatMap { Hex.bytes(of: $0.utf8) })
                let signature = try #require(test["sig"]?.string.flatMap { Hex.bytes(of: $0.utf8) })
                let verifies = key.verifies(signature, for: message)
                #expect(verifies == (test["result"] == "valid"), "case \(test["tcId"]?.integer ?? 0)")
                checked += 1
            }
        }
        #expect(checked >= least, "\(checked)")
    }
}
