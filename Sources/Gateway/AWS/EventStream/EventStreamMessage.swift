/// One message of `application/vnd.amazon.eventstream`: text headers and a payload, framed by lengths and checksums.
///
/// Source: AWS general reference, "Event stream encoding"; all numbers are big-endian.
package struct EventStreamMessage: Sendable {
    package let headers: [(name: String, value: String)]
    package let payload: [UInt8]

    /// Puts a message together.
    package init(headers: [(name: String, value: String)], payload: [UInt8]) {
        self.headers = headers
        self.payload = payload
    }

    /// An event of an operation's output stream, by the name of its member.
    package static func event(_ type: String, contentType: String, payload: [UInt8]) -> EventStreamMessage {
        EventStreamMessage(
            headers: [(":message-type", "event"), (":event-type", type), (":content-type", contentType)],
            payload: payload)
    }

    /// An error that ends the stream, by the name of its shape.
    package static func exception(_ type: String, contentType: String, payload: [UInt8]) -> EventStreamMessage {
        EventStreamMessage(
            headers: [(":message-type", "exception"), (":exception-type", type), (":content-type", contentType)],
            payload: payload)
    }

    /// The message on the wire.
    package var bytes: [UInt8] {
        let headers = headerBytes
        let total = 16 + headers.count + payload.count
        var bytes: [UInt8] = []
        bytes.reserveCapacity(total)
        bytes.append(bigEndian: UInt32(total))
        bytes.append(bigEndian: UInt32(headers.count))
        bytes.append(bigEndian: CRC32.checksum(bytes))
        bytes += headers
        bytes += payload
        bytes.append(bigEndian: CRC32.checksum(bytes))
        return bytes
    }

    private var headerBytes: [UInt8] {
        var bytes: [UInt8] = []
        for (name, value) in headers {
            bytes.append(UInt8(truncatingIfNeeded: name.utf8.count))
            bytes += name.utf8
            bytes.append(Self.textType)
            bytes.append(UInt8(truncatingIfNeeded: value.utf8.count >> 8))
            bytes.append(UInt8(truncatingIfNeeded: value.utf8.count))
            bytes += value.utf8
        }
        return bytes
    }

    private static let textType: UInt8 = 7
}

/// The CRC-32 of IEEE 802.3, as zlib has it.
enum CRC32 {
    private static let table: [UInt32] = (0..<256).map { index in
        (0..<8).reduce(UInt32(index)) { value, _ in value & 1 == 1 ? value >> 1 ^ 0xedb8_8320 : value >> 1 }
    }

    static func checksum(_ bytes: [UInt8]) -> UInt32 {
        ~bytes.reduce(~0) { $0 >> 8 ^ table[Int(UInt8(truncatingIfNeeded: $0) ^ $1)] }
    }
}

extension [UInt8] {
    fileprivate mutating func append(bigEndian value: UInt32) {
        for shift: UInt32 in [24, 16, 8, 0] { append(UInt8(truncatingIfNeeded: value >> shift)) }
    }
}
