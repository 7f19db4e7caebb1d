import FoundationEssentials

/// A random UUID (RFC 9562, version 4) as two numbers: quick to make, to compare and to write.
struct RandomID: Hashable, Sendable {
    let high: UInt64
    let low: UInt64

    init() {
        let random: InlineArray<2, UInt64> = PooledRandom.several()
        high = random[0] & 0xFFFF_FFFF_FFFF_0FFF | 0x4000
        low = random[1] & 0x3FFF_FFFF_FFFF_FFFF | 0x8000_0000_0000_0000
    }

    init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// Reads the 36 characters of any UUID, in either case.
    init?(_ text: some StringProtocol) {
        guard let uuid = UUID(uuidString: String(text)) else { return nil }
        let bytes = uuid.uuid
        let first = [bytes.0, bytes.1, bytes.2, bytes.3, bytes.4, bytes.5, bytes.6, bytes.7]
        let last = [bytes.8, bytes.9, bytes.10, bytes.11, bytes.12, bytes.13, bytes.14, bytes.15]
        high = first.reduce(0) { $0 << 8 | UInt64($1) }
        low = last.reduce(0) { $0 << 8 | UInt64($1) }
    }

    /// The same id as Foundation has it.
    var uuid: UUID {
        func byte(_ word: UInt64, _ index: UInt64) -> UInt8 { UInt8(truncatingIfNeeded: word >> (56 - 8 * index)) }
        return UUID(
            uuid: (
                byte(high, 0), byte(high, 1), byte(high, 2), byte(high, 3), byte(high, 4), byte(high, 5),
                byte(high, 6), byte(high, 7), byte(low, 0), byte(low, 1), byte(low, 2), byte(low, 3), byte(low, 4),
                byte(low, 5), byte(low, 6), byte(low, 7)
            ))
    }

    /// Lower case, with dashes.
    var text: String { HexDigits.uuid(high, low) }
}
