/// Writes numbers as lower-case hexadecimal text, without a detour over other strings: every request needs a few.
enum HexDigits {
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

    /// The 16 digits of one number.
    static func text(of value: UInt64) -> String {
        // SAFETY: exactly 16 digits are written into room for 16.
        unsafe String(unsafeUninitializedCapacity: 16) { buffer in
            for position in 0..<16 {
                let digit = UInt8(truncatingIfNeeded: value >> UInt64(60 - 4 * position)) & 15
                unsafe buffer[position] = digit < 10 ? 0x30 + digit : 0x57 + digit
            }
            return 16
        }
    }
}
