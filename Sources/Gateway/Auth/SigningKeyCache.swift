/// The derived keys of the clients that called lately, found by the bytes of a request's `Credential`.
///
/// Bounded: when it is full it starts anew, and clients pay four codes once more. Only keys whose signature was right
/// are kept, so that nobody without a secret fills it.
struct SigningKeyCache {
    static let limit = 1024

    private var keys: [UInt64: SigningKey] = [:]
    private var generation: UInt64 = 0

    /// The key for a claim, unless credentials changed since it was kept.
    mutating func key(for claim: Span<UInt8>, generation current: UInt64) -> SigningKey? {
        if generation != current {
            keys.removeAll(keepingCapacity: true)
            generation = current
        }
        guard let key = keys[Self.hash(claim)] else { return nil }
        let known = key.claim
        return ASCII.equal(known.span, claim) ? key : nil
    }

    /// From time to time, since another server on the store may have changed access keys.
    mutating func forgetAll() { keys.removeAll(keepingCapacity: true) }

    /// Keeps a key that has proven right; where two claims share a hash the later one stays.
    mutating func keep(_ key: SigningKey) {
        if keys.count >= Self.limit { keys.removeAll(keepingCapacity: true) }
        let claim = key.claim
        keys[Self.hash(claim.span)] = key
    }

    /// FNV-1a; whoever makes two claims collide only slows down their own requests.
    private static func hash(_ bytes: Span<UInt8>) -> UInt64 {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for index in 0..<bytes.count { hash = (hash ^ UInt64(bytes[index])) &* 0x100_0000_01b3 }
        return hash
    }
}
