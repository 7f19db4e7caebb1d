import Core
import Crypto
import FoundationEssentials

/// A key for HMAC-SHA256, ready for use again and again.
///
/// Signatures of requests are computed with it on the hot path; whoever verifies many should keep one.
package struct HMACSHA256: Sendable, CustomReflectable {
    private let key: SymmetricKey

    /// Takes the key's bytes, of any length.
    package init(key: [UInt8]) { self.key = SymmetricKey(data: key) }

    /// The 32 bytes of the code of a message.
    package func code(for message: [UInt8]) -> [UInt8] {
        Array(HMAC<SHA256>.authenticationCode(for: message, using: key))
    }

    /// The 32 bytes of the code of a text's UTF-8 form.
    package func code(for message: String) -> [UInt8] { code(for: Array(message.utf8)) }

    /// The code of a text as 64 lower-case hexadecimal digits.
    package func hex(for message: String) -> String {
        Hex.text(of: HMAC<SHA256>.authenticationCode(for: Array(message.utf8), using: key))
    }

    /// Whether `code` is the message's; takes as long for a wrong code as for a right one.
    package func verifies(_ code: [UInt8], for message: [UInt8]) -> Bool {
        HMAC<SHA256>.isValidAuthenticationCode(code, authenticating: message, using: key)
    }

    /// The 32 bytes of the code of a message under a key that is used once.
    package static func code(for message: [UInt8], key: [UInt8]) -> [UInt8] { HMACSHA256(key: key).code(for: message) }

    /// The 32 bytes of the code of a text under a key that is used once.
    package static func code(for message: String, key: [UInt8]) -> [UInt8] { HMACSHA256(key: key).code(for: message) }

    /// Shows nothing: the key must not reach a log line.
    package var customMirror: Mirror { Mirror(self, children: []) }
}

/// Compares secrets so that the time taken says nothing about where they differ.
package enum ConstantTime {
    /// Whether two byte strings are equal; their lengths are not secret.
    package static func equal(_ left: [UInt8], _ right: [UInt8]) -> Bool {
        guard left.count == right.count else { return false }
        var difference: UInt8 = 0
        for index in left.indices { difference |= left[index] ^ right[index] }
        return difference == 0
    }

    /// Whether two texts have equal UTF-8 forms; their lengths are not secret.
    package static func equal(_ left: String, _ right: String) -> Bool { equal(Array(left.utf8), Array(right.utf8)) }
}
