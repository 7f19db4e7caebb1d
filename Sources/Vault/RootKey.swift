import Crypto

/// The key above all keys; it never lies in the data folder's store.
///
/// Outside, it is 64 hexadecimal digits: what `openssl rand -hex 32` prints.
package struct RootKey: Sendable, CustomReflectable {
    let material: KeyMaterial

    /// Makes a new key.
    package init() { material = KeyMaterial() }

    /// Parses the text form; a newline at the end is allowed.
    package init(text: some Collection<UInt8>) throws(KeySourceError) {
        var digits = Array(text)
        while let last = digits.last, last == UInt8(ascii: "\n") || last == UInt8(ascii: "\r") { digits.removeLast() }
        defer { digits.wipe() }
        guard digits.count == KeyMaterial.size * 2 else {
            throw .badLength(expectedDigits: KeyMaterial.size * 2, found: digits.count)
        }
        guard var bytes = Hex.bytes(of: digits) else { throw .notHexadecimal }
        defer { bytes.wipe() }
        material = KeyMaterial(bytes: bytes)
    }

    /// A name for the key from which the key cannot be told, for messages that say which of two keys is meant.
    package var fingerprint: String {
        let derived = material.derive("fingerprint")
        // SAFETY: the bytes are read only inside the closure.
        return unsafe derived.key.withUnsafeBytes { unsafe Hex.text(of: $0.prefix(8)) }
    }

    /// The text form, to be written to a file; the caller wipes it.
    func text() -> [UInt8] {
        // SAFETY: the bytes are read only inside the closure.
        unsafe material.key.withUnsafeBytes { unsafe Array(Hex.text(of: $0).utf8) } + [UInt8(ascii: "\n")]
    }

    /// Shows nothing: the key must not reach a log line.
    package var customMirror: Mirror { Mirror(self, children: []) }
}

extension [UInt8] {
    /// Overwrites the bytes with zeros, in place if nobody else holds them.
    mutating func wipe() {
        for index in indices { self[index] = 0 }
    }
}
