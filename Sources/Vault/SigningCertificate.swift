import Core
import Crypto
import CryptoExtras
import FoundationEssentials

/// An RSA key that signs for the server, and a certificate, signed with the key itself, that receivers check it with.
///
/// Source: RFC 5280; Amazon SNS developer guide, "Verifying the signatures of Amazon SNS messages".
package struct SigningCertificate: Sendable {
    /// Which hash is signed.
    package enum Hash: Sendable { case sha1, sha256 }

    enum Fault: Error { case malformed }

    private static let years = 20
    private static let signedRSA: [UInt8] = [
        0x30, 0x0D, 0x06, 0x09, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01, 0x0B, 0x05, 0x00,
    ]
    private static let commonName: [UInt8] = [0x06, 0x03, 0x55, 0x04, 0x03]

    private let key: _RSA.Signing.PrivateKey
    private let certificate: [UInt8]

    /// Makes a key and a certificate in a name.
    package init(name: String, at now: Instant) throws {
        key = try _RSA.Signing.PrivateKey(keySize: .bits2048)
        let identity = DER.sequence(DER.set(DER.sequence(Self.commonName, DER.text(name))))
        let serial = RandomSerial.bytes
        let (year, month, day) = Instant.civil(Int(now.milliseconds / 86_400_000))
        func date(_ year: Int) -> [UInt8] {
            // The first of a month that every year has.
            DER.time(Self.digits(year, 4) + Self.digits(month, 2) + Self.digits(min(day, 28), 2) + "000000Z")
        }
        let body = DER.sequence(
            DER.integer(serial), Self.signedRSA, identity, DER.sequence(date(year), date(year + Self.years)), identity,
            Array(key.publicKey.derRepresentation))
        let signature = try key.signature(for: SHA256.hash(data: body), padding: .insecurePKCS1v1_5)
        certificate = DER.sequence(body, Self.signedRSA, DER.bits(Array(signature.rawRepresentation)))
    }

    /// Reads what `bytes` wrote.
    package init(bytes: [UInt8]) throws {
        guard bytes.count > 4 else { throw Fault.malformed }
        let count = bytes[0..<4].reduce(0) { $0 << 8 | Int($1) }
        guard count <= bytes.count - 4 else { throw Fault.malformed }
        key = try _RSA.Signing.PrivateKey(derRepresentation: bytes[4..<(4 + count)])
        certificate = Array(bytes[(4 + count)...])
    }

    /// Both, to be sealed and kept: the key behind its length, then the certificate.
    package var bytes: [UInt8] {
        let key = Array(key.derRepresentation)
        return (0..<4).map { UInt8(truncatingIfNeeded: key.count >> (24 - 8 * $0)) } + key + certificate
    }

    /// The certificate as text.
    package var pem: String {
        let text = Base64.encode(certificate)
        var lines: [Substring] = []
        var rest = text[...]
        while !rest.isEmpty {
            lines.append(rest.prefix(64))
            rest = rest.dropFirst(64)
        }
        return "-----BEGIN CERTIFICATE-----\n\(lines.joined(separator: "\n"))\n-----END CERTIFICATE-----\n"
    }

    /// The signature of bytes, as PKCS #1 1.5 has it.
    package func signature(of bytes: [UInt8], hash: Hash) throws -> [UInt8] {
        let signature =
            switch hash {
            case .sha1: try key.signature(for: Insecure.SHA1.hash(data: bytes), padding: .insecurePKCS1v1_5)
            case .sha256: try key.signature(for: SHA256.hash(data: bytes), padding: .insecurePKCS1v1_5)
            }
        return Array(signature.rawRepresentation)
    }

    private static func digits(_ number: Int, _ width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
    }
}

/// The number of a certificate: random, as RFC 5280 wants it.
private enum RandomSerial {
    static var bytes: [UInt8] {
        var generator = SystemRandomNumberGenerator()
        return (0..<16).map { _ in UInt8.random(in: 1...127, using: &generator) }
    }
}
