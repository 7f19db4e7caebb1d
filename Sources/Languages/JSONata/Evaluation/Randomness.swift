import Core

/// Where an evaluation takes its random numbers from: the kernel, or a seed, from which the same come again.
struct Randomness: RandomNumberGenerator {
    private var state: UInt64?

    /// Begins at a seed (SplitMix64); without one, no two numbers can be told from each other.
    init(seed: UInt64?) { state = seed }

    mutating func next() -> UInt64 {
        guard var bits = state else {
            return PooledRandom().next()
        }
        bits &+= 0x9E37_79B9_7F4A_7C15
        state = bits
        bits = (bits ^ bits >> 30) &* 0xBF58_476D_1CE4_E5B9
        bits = (bits ^ bits >> 27) &* 0x94D0_49BB_1331_11EB
        return bits ^ bits >> 31
    }
}
