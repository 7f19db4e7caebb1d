import Testing

@testable import Platform

/// What is packed with gzip.
struct GzipContentTests {
    /// `hello` of one member, as `gzip -n` writes it.
    private static let packed: [UInt8] = [
        0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3, 0xCB, 0x48, 0xCD, 0xC9, 0xC9, 7, 0, 0x86, 0xA6, 0x10, 0x36, 5, 0, 0, 0,
    ]

    @Test func `all members are unpacked`() throws {
        #expect(try GzipContent.bytes(of: Self.packed, limit: 5) == Array("hello".utf8))
        #expect(try GzipContent.bytes(of: Self.packed + Self.packed, limit: 10) == Array("hellohello".utf8))
    }

    @Test func `more than is wanted is refused`() {
        #expect(throws: GzipContent.Fault.tooLarge) { try GzipContent.bytes(of: Self.packed + Self.packed, limit: 9) }
    }

    @Test func `what is cut off or changed is refused`() {
        for count in 0..<Self.packed.count {
            #expect(throws: GzipContent.Fault.corrupt) {
                try GzipContent.bytes(of: Array(Self.packed.prefix(count)), limit: 100)
            }
        }
        for place in [0, 12, 20] {
            var changed = Self.packed
            changed[place] ^= 0xFF
            #expect(throws: GzipContent.Fault.corrupt) { try GzipContent.bytes(of: changed, limit: 100) }
        }
    }
}
