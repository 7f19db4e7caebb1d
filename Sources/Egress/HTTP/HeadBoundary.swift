import Core
import NIOCore

/// Finds where the head of a message ends in what has come so far, without looking at any byte twice.
struct HeadBoundary: Sendable {
    /// How far it has looked.
    private var scanned = 0

    /// Takes the next head off the buffer; `nil` where it has not come whole.
    mutating func take(from buffer: inout ByteBuffer) throws(HTTPSyntaxError) -> MessageHead? {
        guard let length = length(buffer.readableBytesUInt8Span) else {
            scanned = buffer.readableBytes
            guard scanned <= MessageHead.byteLimit else { throw .headTooLarge }
            return nil
        }
        scanned = 0
        guard length <= MessageHead.byteLimit else { throw .headTooLarge }
        guard let bytes = buffer.readBytes(length: length) else { return nil }
        return try MessageHead(parsing: bytes)
    }

    /// Skips the empty lines that may stand before a request (RFC 9112 section 2.2), a few of them.
    mutating func skipEmptyLines(in buffer: inout ByteBuffer) {
        guard scanned == 0 else { return }
        for _ in 0..<4 {
            guard buffer.getInteger(at: buffer.readerIndex, as: UInt16.self) == 0x0D0A else { return }
            buffer.moveReaderIndex(forwardBy: 2)
        }
    }

    private func length(_ bytes: Span<UInt8>) -> Int? {
        var index = max(3, scanned)
        while index < bytes.count {
            if bytes[index] == HTTPCharacter.lineFeed, bytes[index - 1] == HTTPCharacter.carriageReturn,
                bytes[index - 2] == HTTPCharacter.lineFeed
            {
                return index + 1
            }
            index += 1
        }
        return nil
    }
}
