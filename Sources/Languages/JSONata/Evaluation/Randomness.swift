import Core

/// Random numbers of the kernel, or such as come again in the same order from the same seed (SplitMix64).
///
/// Nothing secret may depend on those of a seed.
struct Randomness: RandomNumberGenerator {
    private var state: UInt64?

    init(seed: UInt64?) { state = seed }

    mutating func next() -> UInt64 {
        guard var value = state else { return PooledRandom().next() }
        value &+= 0x9E37_79B9_7F4A_7C15
        state = value
        value = (value ^ value >> 30) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ value >> 27) &* 0x94D0_49BB_1331_11EB
        return value ^ value >> 31
    }

    /// A random UUID (RFC 9562, version 4), in lower case.
    mutating func uuid() -> String {
        HexDigits.uuid(
            next() & 0xFFFF_FFFF_FFFF_0FFF | 0x4000, next() & 0x3FFF_FFFF_FFFF_FFFF | 0x8000_0000_0000_0000)
    }
}
