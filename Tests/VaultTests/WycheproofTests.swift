import Crypto
import Foundation
import TestSupport
import Testing

@testable import Vault

/// Project Wycheproof's cases for the primitives that envelopes and signatures are made of.
@Suite struct WycheproofTests {
    @Test(.enabled(if: Suites.has("jose/wycheproof/hmac_sha256_test.json")))
    func `HMAC-SHA256 agrees with every case`() throws {
        let groups = try Vectors<MACCase>.groups("hmac_sha256_test")
        var checked = 0
        for group in groups where group.tagSize == 256 {
            for vector in group.tests {
                let mac = HMACSHA256(key: vector.key.bytes)
                let valid = mac.verifies(vector.tag.bytes, for: vector.msg.bytes)
                #expect(valid == (vector.result == "valid"), "case \(vector.tcId)")
                if valid { #expect(mac.code(for: vector.msg.bytes) == vector.tag.bytes) }
                checked += 1
            }
        }
        #expect(checked > 50)
    }

    @Test(.enabled(if: Suites.has("jose/wycheproof/aes_gcm_test.json")))
    func `AES-256-GCM agrees with every case of our sizes`() throws {
        let groups = try Vectors<AEADCase>.groups("aes_gcm_test")
        var checked = 0
        for group in groups where group.keySize == 256 && group.ivSize == 96 && group.tagSize == 128 {
            for vector in group.tests {
                #expect(try opens(vector) == (vector.result == "valid"), "case \(vector.tcId)")
                checked += 1
            }
        }
        #expect(checked > 30)
    }

    private func opens(_ vector: AEADCase) throws -> Bool {
        var opened = [UInt8](repeating: 0, count: vector.ct.bytes.count)
        let sealed = vector.ct.bytes + vector.tag.bytes
        // SAFETY: every buffer is used only inside its closure.
        let isOpen = unsafe sealed.withUnsafeBytes { sealed in
            unsafe vector.key.bytes.withUnsafeBytes { key in
                unsafe opened.withUnsafeMutableBytes {
                    unsafe AESGCM.open(
                        sealed, key: key, nonce: vector.iv.bytes, additional: vector.aad.bytes, into: $0)
                }
            }
        }
        return isOpen && opened == vector.msg.bytes
    }

    @Test(.enabled(if: Suites.has("jose/wycheproof/hmac_sha256_test.json")))
    func `a prepared HMAC-SHA256 gives the code of every valid case`() throws {
        for vector in try Vectors<MACCase>.groups("hmac_sha256_test").flatMap(\.tests) where vector.result == "valid" {
            let code = PreparedHMAC(key: vector.key.bytes).code(for: vector.msg.bytes.span)
            #expect(code.bytes.starts(with: vector.tag.bytes), "case \(vector.tcId)")
        }
    }

    @Test(.enabled(if: Suites.has("jose/wycheproof/hkdf_sha256_test.json")))
    func `HKDF-SHA256 agrees with every valid case`() throws {
        let groups = try Vectors<HKDFCase>.groups("hkdf_sha256_test")
        for vector in groups.flatMap(\.tests) where vector.result == "valid" {
            let key = HKDF<SHA256>.deriveKey(
                inputKeyMaterial: SymmetricKey(data: vector.ikm.bytes), salt: vector.salt.bytes,
                info: vector.info.bytes, outputByteCount: vector.size)
            #expect(key == SymmetricKey(data: vector.okm.bytes), "case \(vector.tcId)")
        }
    }
}

private struct Vectors<Case: Decodable>: Decodable {
    struct Group: Decodable {
        let keySize: Int?
        let ivSize: Int?
        let tagSize: Int?
        let tests: [Case]
    }

    let testGroups: [Group]

    static func groups(_ name: String) throws -> [Group] {
        let bytes = Suites.bytes("jose/wycheproof/\(name).json")
        return try JSONDecoder().decode(Self.self, from: Data(bytes)).testGroups
    }
}

/// Bytes written as hexadecimal digits.
private struct HexField: Decodable {
    let bytes: [UInt8]

    init(from decoder: any Decoder) throws {
        let text = try decoder.singleValueContainer().decode(String.self)
        bytes = try #require(Hex.bytes(of: text.utf8))
    }
}

private struct MACCase: Decodable {
    let tcId: Int
    let key, msg, tag: HexField
    let result: String
}

private struct AEADCase: Decodable {
    let tcId: Int
    let key, iv, aad, msg, ct, tag: HexField
    let result: String
}

private struct HKDFCase: Decodable {
    let tcId: Int
    let ikm, salt, info, okm: HexField
    let size: Int
    let result: String
}
