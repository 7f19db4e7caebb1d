import Core
import NIOCore

/// Gathers a request's body, by its length or chunk by chunk (RFC 9112 sections 6 and 7).
struct RequestBody {
    private enum Part {
        case size
        case data(left: Int)
        case dataEnd
        case trailer(left: Int)
    }

    /// Bytes of one line of chunk size, and of all trailer fields, which are thrown away.
    private static let lineLimit = 4096

    private(set) var bytes = ByteBuffer()
    private var part = Part.size

    var count: Int { bytes.readableBytes }

    /// Takes what is there, little more than `limit` in all; true when the body is whole.
    mutating func collect(
        _ framing: RequestFraming.Body, from buffer: inout ByteBuffer, limit: Int
    ) throws(RequestSyntaxError) -> Bool {
        switch framing {
        case .length(let length):
            take(min(length - count, buffer.readableBytes), from: &buffer)
            return count == length
        case .chunked:
            while count <= limit {
                guard let isWhole = try collectPart(from: &buffer) else { return false }
                if isWhole { return true }
            }
            return false
        }
    }

    private mutating func take(_ count: Int, from buffer: inout ByteBuffer) {
        guard var slice = buffer.readSlice(length: count) else { return }
        if bytes.readableBytes == 0 { bytes = slice } else { bytes.writeBuffer(&slice) }
    }

    /// Takes the next part of a chunk: true at the end of the body, `nil` where more bytes must come first.
    private mutating func collectPart(from buffer: inout ByteBuffer) throws(RequestSyntaxError) -> Bool? {
        switch part {
        case .size:
            guard let line = try Self.line(from: &buffer, limit: Self.lineLimit) else { return nil }
            let size = try Self.size(line)
            part = size == 0 ? .trailer(left: Self.lineLimit) : .data(left: size)
        case .data(let left):
            guard buffer.readableBytes > 0 else { return nil }
            let count = min(left, buffer.readableBytes)
            take(count, from: &buffer)
            part = count == left ? .dataEnd : .data(left: left - count)
        case .dataEnd:
            guard let line = try Self.line(from: &buffer, limit: 2) else { return nil }
            guard line.readableBytes == 0 else { throw .chunk }
            part = .size
        case .trailer(let left):
            guard let line = try Self.line(from: &buffer, limit: left) else { return nil }
            if line.readableBytes == 0 { return true }
            part = .trailer(left: left - line.readableBytes - 2)
        }
        return false
    }

    /// The hexadecimal size of a chunk; extensions after a semicolon say nothing that matters here.
    private static func size(_ line: ByteBuffer) throws(RequestSyntaxError) -> Int {
        var size = 0
        var digits = 0
        for byte in line.readableBytesView {
            guard let digit = byte.hexDigitValue else {
                guard digits > 0, byte == UInt8(ascii: ";") || HTTPCharacter.isBlank(byte) else { throw .chunk }
                return size
            }
            digits += 1
            guard digits <= 8 else { throw .chunk }
            size = size << 4 | Int(digit)
        }
        guard digits > 0 else { throw .chunk }
        return size
    }

    /// The next line without its CRLF; `nil` where it has not come whole.
    private static func line(from buffer: inout ByteBuffer, limit: Int) throws(RequestSyntaxError) -> ByteBuffer? {
        let view = buffer.readableBytesView
        guard let end = view.firstIndex(of: HTTPCharacter.lineFeed) else {
            guard view.count <= limit else { throw .chunk }
            return nil
        }
        let length = end - view.startIndex
        guard length >= 1, length < limit, view[end - 1] == HTTPCharacter.carriageReturn,
            let line = buffer.readSlice(length: length - 1)
        else { throw .chunk }
        buffer.moveReaderIndex(forwardBy: 2)
        return line
    }
}
