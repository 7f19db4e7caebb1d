import Core
import Testing

struct HexDigitsTests {
    @Test func `eight digits lie in memory in their order`() {
        for number in [0, 1, 0x0123_4567, 0x89ab_cdef, 0x9a9a_9a9a, 0xf0f0_0f0f, UInt32.max] {
            let digits = HexDigits.ascii(number)
            let text = (0..<8).map { UInt8(truncatingIfNeeded: digits >> UInt64(8 * $0)) }
            let expected = String(number, radix: 16)
            let zeros = String(repeating: "0", count: 8 - expected.utf8.count)
            #expect(String(decoding: text, as: UTF8.self) == zeros + expected)
        }
    }

    @Test func `each digit has its letter, at each place`() {
        for place in 0..<8 as Range<UInt32> {
            for digit in 0..<16 as Range<UInt32> {
                let ascii = HexDigits.ascii(digit << (4 * place)) >> UInt64(8 * (7 - place))
                #expect(UInt8(truncatingIfNeeded: ascii) == Array("0123456789abcdef".utf8)[Int(digit)])
            }
        }
    }
}
