import Core

/// Where a sealed payload belongs: it opens nowhere else.
///
/// Everything that must not be exchanged for something else of the same kind goes into `use`: the kind of record and
/// the request, version or position it belongs to.
package struct Binding: Hashable, Sendable {
    package let account: AccountID
    package let resource: String
    package let use: String

    /// Names the place.
    package init(account: AccountID, resource: String, use: String) {
        self.account = account
        self.resource = resource
        self.use = use
    }

    /// The three parts, each behind its length, so that no two places have one encoding.
    var encoded: [UInt8] { Self.encode(account.text, resource, use) }

    /// Texts, each behind its length in four bytes.
    static func encode(_ parts: String...) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(parts.reduce(0) { $0 + 4 + $1.utf8.count })
        for part in parts {
            // SAFETY: the bytes are read only inside the closure.
            unsafe withUnsafeBytes(of: UInt32(part.utf8.count).bigEndian) { unsafe bytes.append(contentsOf: $0) }
            bytes.append(contentsOf: part.utf8)
        }
        return bytes
    }
}
