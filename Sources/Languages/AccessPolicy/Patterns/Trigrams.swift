/// Which pieces of three bytes a text has, or a pattern asks for: 256 bits, in which each piece has one.
///
/// A text that lacks a piece which a pattern asks for does not match it, wherever in the pattern the piece stands. This
/// tells nearly all of many patterns apart from a text for a nanosecond each; that a text has the bits of a pattern says
/// nothing yet. ASCII letters count in lower case. Either end of a text is a byte more, a zero.
struct Trigrams: Hashable, Sendable {
    private var bits = SIMD4<UInt64>()

    /// The pieces of a text.
    init(of text: some Sequence<UInt8>) {
        var piece = Piece()
        add(piece.next(0))
        for byte in text { add(piece.next(byte)) }
        add(piece.next(0))
    }

    /// The pieces that every text has which tokens match; each list stands by itself, with anything before and behind.
    ///
    /// `isBegun` and `isEnded` say that the first list is the beginning of the pattern, and the last one its end.
    init(asked lists: [[UInt16]], isBegun: Bool = true, isEnded: Bool = true) {
        for (place, tokens) in lists.enumerated() {
            var piece = Piece()
            if isBegun, place == 0 { add(piece.next(0)) }
            for token in tokens {
                if let byte = UInt8(exactly: token) { add(piece.next(byte)) } else { piece = Piece() }
            }
            if isEnded, place == lists.count - 1 { add(piece.next(0)) }
        }
    }

    /// The pieces that all of several patterns ask for; none if there are no patterns.
    init(common asked: some Sequence<Trigrams>) {
        var common: SIMD4<UInt64>?
        for one in asked { common = common.map { $0 & one.bits } ?? one.bits }
        bits = common ?? SIMD4()
    }

    /// Whether a text with these pieces may match a pattern that asks for others.
    @inline(__always)
    func mayMatch(_ asked: Trigrams) -> Bool { asked.bits & ~bits == SIMD4() }

    @inline(__always)
    private mutating func add(_ piece: UInt32?) {
        guard let piece else { return }
        let place = (piece &* 0x9E37_79B1) >> 24
        let lanes = SIMD4<UInt64>(0, 1, 2, 3) .== SIMD4(repeating: UInt64(place >> 6))
        bits |= SIMD4(repeating: 1 << UInt64(place & 63)).replacing(with: 0, where: .!lanes)
    }

    /// The last three bytes.
    private struct Piece {
        private var bytes: UInt32 = 0
        private var count = 0

        /// Takes one more byte; gives the three that end with it, once there are three.
        @inline(__always)
        mutating func next(_ byte: UInt8) -> UInt32? {
            bytes = (bytes << 8 | UInt32(Bytes.lowered(byte))) & 0xFF_FFFF
            count += 1
            return count < 3 ? nil : bytes
        }
    }
}
