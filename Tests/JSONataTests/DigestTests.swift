import Crypto
import Foundation
import Testing

@testable import JSONata

/// The digests are those of a library that is used for what matters.
struct DigestTests {
    private static func hexadecimal(_ digest: some Sequence<UInt8>) -> String {
        digest.map { String(format: "%02x", $0) }.joined()
    }

    @Test func `digests of any length are right`() {
        for length in [0, 1, 55, 56, 63, 64, 65, 111, 112, 119, 120, 127, 128, 129, 1000] {
            let message = (0..<length).map { UInt8(truncatingIfNeeded: $0 * 7 + length) }
            #expect(Digest.md5.hexadecimal(of: message) == Self.hexadecimal(Insecure.MD5.hash(data: message)))
            #expect(Digest.sha1.hexadecimal(of: message) == Self.hexadecimal(Insecure.SHA1.hash(data: message)))
            #expect(Digest.sha256.hexadecimal(of: message) == Self.hexadecimal(SHA256.hash(data: message)))
            #expect(Digest.sha384.hexadecimal(of: message) == Self.hexadecimal(SHA384.hash(data: message)))
            #expect(Digest.sha512.hexadecimal(of: message) == Self.hexadecimal(SHA512.hash(data: message)))
        }
    }
}
