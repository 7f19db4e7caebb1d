/// Where the sealed bytes of a zip lie, and what they are.
package struct CodeReference: Hashable, Sendable, Codable {
    /// The id of the blob that holds the sealed zip.
    package let blob: String

    /// The name of the key it is sealed with.
    package let key: String

    /// Base64 of the SHA-256 of the plain zip, as AWS shows it.
    package let sha256: String

    /// Bytes of the plain zip.
    package let size: Int

    /// Bytes of what it unpacks to.
    package let unpackedSize: Int

    /// Names a stored zip.
    package init(blob: String, key: String, sha256: String, size: Int, unpackedSize: Int) {
        self.blob = blob
        self.key = key
        self.sha256 = sha256
        self.size = size
        self.unpackedSize = unpackedSize
    }
}
