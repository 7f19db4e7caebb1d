/// Hashes of short texts, eight bytes at a time; seeded, so that nobody can make many texts collide.
struct ByteHash: Sendable {
    private let seed = UInt64.random(in: .min ... .max)

    /// The hash of all bytes of a text.
    @inline(__always)
    func callAsFunction(_ text: Span<UInt8>) -> UInt64 {
        let count = text.count
        var hash = seed ^ UInt64(truncatingIfNeeded: count) &* 0x9E37_79B9_7F4A_7C15
        guard count >= 8 else {
            var last: UInt64 = 0
            for place in 0..<count { last = last << 8 | UInt64(text[place]) }
            return Self.mix(hash, last)
        }
        var place = 0
        while place + 8 <= count {
            hash = Self.mix(hash, text.word(at: place))
            place += 8
        }
        return place == count ? hash : Self.mix(hash, text.word(at: count - 8))
    }

    /// A hash of two numbers.
    @inline(__always)
    static func mix(_ left: UInt64, _ right: UInt64) -> UInt64 {
        let product = (left ^ 0xA076_1D64_78BD_642F).multipliedFullWidth(by: right ^ 0xE703_7ED1_A0B4_28DB)
        return product.high ^ product.low
    }
}

extension Span<UInt8> {
    /// Eight bytes as a number, the first one lowest.
    @inline(__always)
    func word(at place: Int) -> UInt64 {
        // SAFETY: the load checks that all eight bytes are within the span, and any eight bytes are an integer.
        UInt64(littleEndian: unsafe bytes.unsafeLoadUnaligned(fromByteOffset: place, as: UInt64.self))
    }

    /// Whether there is a point among the bytes.
    @inline(__always)
    var hasPoint: Bool {
        guard count >= 8 else {
            for place in 0..<count where self[place] == UInt8(ascii: ".") { return true }
            return false
        }
        var place = 0
        while place + 8 < count {
            if Self.hasPoint(word(at: place)) { return true }
            place += 8
        }
        return Self.hasPoint(word(at: count - 8))
    }

    @inline(__always)
    private static func hasPoint(_ word: UInt64) -> Bool {
        let every: UInt64 = 0x0101_0101_0101_0101
        let others = word ^ every &* UInt64(UInt8(ascii: "."))
        return (others &- every) & ~others & (every &* 0x80) != 0
    }

    /// Whether these are the same bytes as a part of others.
    @inline(__always)
    func equals(_ other: Span<UInt8>, from start: Int) -> Bool {
        guard start + count <= other.count else { return false }
        var place = 0
        while place + 8 <= count {
            guard word(at: place) == other.word(at: start + place) else { return false }
            place += 8
        }
        while place < count {
            guard self[place] == other[start + place] else { return false }
            place += 1
        }
        return true
    }
}
