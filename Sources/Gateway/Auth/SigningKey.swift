import Core
import Platform
import Vault

/// A key derived from a secret key for one day, region and service, and whose it is.
///
/// Shared by reference: every request of a client within a day uses the same one.
package final class SigningKey: Sendable {
    package let credential: Credential
    package let region: String
    package let service: String
    /// The scope as bytes, with the access key in front as a request has it, and where the key ends.
    let claim: [UInt8]
    let scopeStart: Int
    /// The day the key is good for, as `20150830`.
    let day: [UInt8]
    private let key: PreparedHMAC

    /// Derives the key: four codes, one from the other.
    init(_ credential: Credential, scope: SignatureScope) {
        self.credential = credential
        region = scope.region
        service = scope.service
        claim = Array("\(scope.accessKey)/\(scope.text)".utf8)
        scopeStart = scope.accessKey.text.utf8.count + 1
        day = Array(scope.date.utf8)
        var derived = Array("AWS4\(credential.secret.revealed)".utf8)
        for part in [scope.date, scope.region, scope.service, SignatureScope.terminator] {
            derived = HMACSHA256.code(for: part, key: derived)
        }
        key = PreparedHMAC(key: derived)
    }

    /// The string to sign of a canonical request.
    func stringToSign(_ request: [UInt8], date: Span<UInt8>) -> [UInt8] {
        let claim = claim
        var text: [UInt8] = []
        text.reserveCapacity(160)
        text.append("AWS4-HMAC-SHA256\n".utf8Span.span)
        text.append(date)
        text.append(UInt8(ascii: "\n"))
        text.append(claim.span.extracting(scopeStart..<claim.count))
        text.append(UInt8(ascii: "\n"))
        SHA256Digest(of: request.span).appendHex(to: &text)
        return text
    }

    /// The signature of a canonical request.
    func signature(_ request: [UInt8], date: Span<UInt8>) -> SHA256Digest {
        let text = stringToSign(request, date: date)
        return key.code(for: text.span)
    }
}
