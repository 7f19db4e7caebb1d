/// Writes numbers as lower-case hexadecimal text, without a detour over other strings: every request needs a few.
package enum HexDigits {
    /// 32 random digits.
    package static var random: String {
        let generator = PooledRandom()
        return text(of: generator.next(), generator.next())
    }

    /// The text of bytes with a dash before each of the positions in `dashes`.
    static func text(of high: UInt64, _ low: UInt64, dashesBefore dashes: [Int] = []) -> String {
        // SAFETY: at most 32 digits and four dashes are written, one after the other, into room for 40.
        unsafe String(unsafeUninitializedCapacity: 40) { buffer in
            var count = 0
            for position in 0..<32 {
                if dashes.contains(position) {
                    unsafe buffer[count] = UInt8(ascii: "-")
                    count += 1
                }
                let word = position < 16 ? high : low
                let digit = UInt8(truncatingIfNeeded: word >> UInt64(60 - 4 * (position & 15))) & 15
                unsafe buffer[count] = digit < 10 ? 0x30 + digit : 0x57 + digit
                count += 1
            }
            return count
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
            func put(_ byte: UInt8) {
                unsafe buffer[position] = byte
                position += 1
            }
            func put(_ text: StaticString) {
                for index in 0..<text.utf8CodeUnitCount { unsafe put(text.utf8Start[index]) }
            }
            func put(_ word: UInt64, _ digits: Range<Int>) {
                for place in digits {
                    let digit = UInt8(truncatingIfNeeded: word >> UInt64(60 - 4 * place)) & 15
                    put(digit < 10 ? 0x30 + digit : 0x57 + digit)
                }
            }
            put(before)
            put(high, 0..<(dash ?? 16))
            if let dash {
                put(UInt8(ascii: "-"))
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
