/// Writes numbers as lower-case hexadecimal text, without a detour over other strings: every request needs a few.
@usableFromInline package enum HexDigits {
    /// 32 random digits.
    package static var random: String {
        let generator = PooledRandom()
        // SAFETY: exactly 32 bytes are written.
        return unsafe String(unsafeUninitializedCapacity: 32) { buffer in
            unsafe put(generator.next(), 0..<16, at: 0, buffer)
            unsafe put(generator.next(), 0..<16, at: 16, buffer)
            return 32
        }
    }

    /// The text of a UUID: 8, 4, 4, 4 and 12 digits with dashes between them.
    package static func uuid(_ high: UInt64, _ low: UInt64) -> String {
        // SAFETY: exactly 36 bytes are written.
        unsafe String(unsafeUninitializedCapacity: 36) { buffer in
            unsafe put(high, 0..<8, at: 0, buffer)
            unsafe put(high, 8..<12, at: 9, buffer)
            unsafe put(high, 12..<16, at: 14, buffer)
            unsafe put(low, 0..<4, at: 19, buffer)
            unsafe put(low, 4..<16, at: 24, buffer)
            for dash in 0..<4 { unsafe buffer[8 + 5 * dash] = UInt8(ascii: "-") }
            return 36
        }
    }

    /// The eight digits of half a word as ASCII, the first in the lowest byte: all at once, and without a branch.
    @inlinable package static func ascii(_ half: UInt32) -> UInt64 {
        // Each step halves the groups of digits and moves them apart, until each has a byte.
        var digits = UInt64(half)
        digits = digits >> 16 | (digits & 0xFFFF) << 32
        digits = (digits >> 8) & 0x00FF_0000_00FF | (digits & 0x00FF_0000_00FF) << 16
        digits = (digits >> 4) & 0x000F_000F_000F_000F | (digits & 0x000F_000F_000F_000F) << 8
        let letters = (digits &+ 0x0606_0606_0606_0606) >> 4 & 0x0101_0101_0101_0101
        return digits &+ 0x3030_3030_3030_3030 &+ letters &* 39
    }

    /// Writes some of a word's digits at a place.
    private static func put(
        _ word: UInt64, _ digits: Range<Int>, at place: Int, _ buffer: UnsafeMutableBufferPointer<UInt8>
    ) {
        let ascii = (
            ascii(UInt32(truncatingIfNeeded: word >> 32)).littleEndian,
            ascii(UInt32(truncatingIfNeeded: word)).littleEndian
        )
        // SAFETY: the sixteen digits lie in memory in their order, and `digits` is within them; the callers leave room.
        unsafe withUnsafeBytes(of: ascii) { all in
            unsafe UnsafeMutableRawBufferPointer(rebasing: UnsafeMutableRawBufferPointer(buffer)[place...])
                .copyMemory(from: UnsafeRawBufferPointer(rebasing: all[digits]))
        }
    }

    /// A text with two numbers in it, the first of 32 digits with a dash after some of them, the second of 16.
    static func text(
        _ before: StaticString, _ high: UInt64, _ low: UInt64, dashAfter dash: Int?, _ between: StaticString,
        _ second: UInt64, _ after: StaticString
    ) -> String {
        let count =
            before.utf8CodeUnitCount + between.utf8CodeUnitCount + after.utf8CodeUnitCount + (dash == nil ? 48 : 49)
        // SAFETY: exactly `count` bytes are written: the three texts, 48 digits and the dash.
        return unsafe String(unsafeUninitializedCapacity: count) { buffer in
            var position = 0
            func put(_ text: StaticString) {
                let bytes = unsafe UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount)
                position = unsafe buffer[position...].update(fromContentsOf: bytes)
            }
            func put(_ word: UInt64, _ digits: Range<Int>) {
                unsafe Self.put(word, digits, at: position, buffer)
                position += digits.count
            }
            put(before)
            put(high, 0..<(dash ?? 16))
            if let dash {
                put("-")
                put(high, dash..<16)
            }
            put(low, 0..<16)
            put(between)
            put(second, 0..<16)
            put(after)
            return position
        }
    }
}
