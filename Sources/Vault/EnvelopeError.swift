/// Why a sealed thing does not open.
package enum EnvelopeError: Error, Equatable {
    /// It was cut short.
    case truncated(bytes: Int)
    /// A version of Martlet wrote it that this one does not know.
    case unknownVersion(UInt8)
    /// It was changed, belongs elsewhere, or was sealed with another key; which of these cannot be told.
    case notAuthentic
    /// The data was sealed under another root key; both are named by their fingerprints.
    case wrongRootKey(sealedWith: String, given: String)
}
