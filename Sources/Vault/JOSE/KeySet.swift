import Core

/// Why a text is no set of keys that tokens can be verified with.
package enum KeySetError: Error, Equatable, Sendable {
    case tooLarge(limit: Int)
    case tooManyKeys(limit: Int)
    case notJSON(JSONError)
    /// There is no list of objects called `keys`.
    case noList
    /// The key at this place is not what its type says.
    case malformedKey(Int)
    /// The key at this place is a secret, which does not belong in a set for verifying.
    case secretKey(Int)
    /// None of the keys is for signatures that are known.
    case nothingUsable
}

/// The keys with which an issuer signs its tokens: a JSON Web Key Set (RFC 7517, section 5).
package struct KeySet: Sendable {
    package static let sizeLimit = 65_536
    package static let keyLimit = 32

    package let keys: [VerificationKey]

    /// Reads a set; keys for other purposes and of other types are left out.
    package init(parsing bytes: [UInt8]) throws(KeySetError) {
        guard bytes.count <= Self.sizeLimit else { throw .tooLarge(limit: Self.sizeLimit) }
        let json: JSON
        do { json = try JSON(parsing: bytes, maximumDepth: 8, uniqueKeys: true) } catch { throw .notJSON(error) }
        guard let list = json["keys"]?.array else { throw .noList }
        guard list.count <= Self.keyLimit else { throw .tooManyKeys(limit: Self.keyLimit) }
        var keys: [VerificationKey] = []
        for (place, entry) in list.enumerated() {
            guard let object = entry.object else { throw .noList }
            do throws(VerificationKey.KeyFault) {
                if let key = try VerificationKey(object) { keys.append(key) }
            } catch {
                throw error == .secret ? .secretKey(place) : .malformedKey(place)
            }
        }
        guard !keys.isEmpty else { throw .nothingUsable }
        self.keys = keys
    }
}
