import FoundationEssentials

/// The name of a blob: a random UUID, so that it says nothing and is safe as a file name.
package struct BlobID: Hashable, Sendable, Comparable, CustomStringConvertible {
    package let text: String

    /// Makes a new name.
    package init() { text = UUID().uuidString.lowercased() }

    /// Reads the text form; anything but a UUID in lower case is `nil`.
    package init?(_ text: String) {
        guard UUID(uuidString: text)?.uuidString.lowercased() == text else { return nil }
        self.text = text
    }

    package var description: String { text }

    /// Orders names by their bytes.
    package static func < (left: BlobID, right: BlobID) -> Bool { left.text < right.text }
}

/// Keeps what is too large for a record: immutable ciphertext, each under a name of its own.
///
/// A blob is written before the record that names it; one that no record names is garbage.
package protocol BlobStore: Sendable {
    /// Writes a blob; it is durable when this returns.
    func put(_ id: BlobID, _ bytes: [UInt8]) async throws(StoreError)

    /// The bytes of a blob, if it is there.
    func get(_ id: BlobID) async throws(StoreError) -> [UInt8]?

    /// Deletes a blob; what is not there is deleted already.
    func delete(_ id: BlobID) async throws(StoreError)

    /// Names in order, for the one who looks for garbage.
    func list(after: BlobID?, limit: Int) async throws(StoreError) -> [BlobID]

    /// Removes the blobs written more than `age` ago that no record names; gives their number.
    ///
    /// What this process wrote since the sweep before is spared whatever the wall clock says: somebody may be about to
    /// name it.
    func sweep(olderThan age: Duration, isNamed: (BlobID) async throws -> Bool) async throws -> Int
}
