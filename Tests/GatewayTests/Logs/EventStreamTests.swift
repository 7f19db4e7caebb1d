import Testing

@testable import Gateway

@Suite struct EventStreamTests {
    @Test func `the checksum is the one of IEEE 802 point 3`() {
        #expect(CRC32.checksum(Array("123456789".utf8)) == 0xcbf4_3926)
        #expect(CRC32.checksum([]) == 0)
    }

    @Test func `a message is framed by its lengths and checksums`() {
        let message = EventStreamMessage(headers: [(":a", "b")], payload: Array("{}".utf8)).bytes
        #expect(message.count == 16 + 7 + 2)
        #expect(Array(message[0..<8]) == [0, 0, 0, 25, 0, 0, 0, 7])
        #expect(Array(message[12..<21]) == [2, 0x3a, 0x61, 7, 0, 1, 0x62, 0x7b, 0x7d])
        #expect(CRC32.checksum(Array(message[..<8])) == number(message[8..<12]))
        #expect(CRC32.checksum(Array(message[..<21])) == number(message[21...]))
    }

    private func number(_ bytes: ArraySlice<UInt8>) -> UInt32 { bytes.reduce(0) { $0 << 8 | UInt32($1) } }
}
