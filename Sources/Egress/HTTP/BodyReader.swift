import Core
import NIOCore

/// Takes a body off a connection piece by piece, by its length or chunk by chunk (RFC 9112 sections 6 and 7).
///
/// Chunk extensions and trailer fields are read strictly and left out of what is passed on.
struct BodyReader: Sendable {
    /// What came next.
    enum Piece: Equatable, Sendable {
        case data(ByteBuffer)
        case end
    }

    private enum State: Sendable {
        case data(left: Int)
        case untilClose
        case chunkSize
        case chunk(left: Int)
        case chunkEnd
        case trailer(left: Int)
        case ended
    }

    /// Bytes of a line with a chunk's size and its extensions.
    private static let lineLimit = 256
    /// Bytes of all trailer fields.
    private static let trailerLimit = 8192

    private var state: State

    /// Begins at the first byte behind a head.
    init(_ framing: BodyFraming) {
        switch framing {
        case .none: state = .data(left: 0)
        case .length(let length): state = .data(left: length)
        case .chunked: state = .chunkSize
        case .untilClose: state = .untilClose
        }
    }

    /// Whether the body has been taken whole; what has a length needs nothing behind its last byte to show that.
    var isEnded: Bool {
        switch state {
        case .ended, .data(left: 0): true
        case .data, .untilClose, .chunkSize, .chunk, .chunkEnd, .trailer: false
        }
    }

    /// Whether the end of the connection is the end of the body.
    var endsWithConnection: Bool { if case .untilClose = state { true } else { false } }

    /// The next piece; `nil` where more bytes must come first.
    mutating func next(from buffer: inout ByteBuffer) throws(HTTPSyntaxError) -> Piece? {
        while true {
            switch state {
            case .ended: return nil
            case .data(0):
                state = .ended
                return .end
            case .data(let left):
                guard let piece = Self.take(left, from: &buffer) else { return nil }
                state = .data(left: left - piece.readableBytes)
                return .data(piece)
            case .untilClose:
                return Self.take(buffer.readableBytes, from: &buffer).map { .data($0) }
            case .chunk(let left):
                guard let piece = Self.take(left, from: &buffer) else { return nil }
                state = piece.readableBytes == left ? .chunkEnd : .chunk(left: left - piece.readableBytes)
                return .data(piece)
            case .chunkSize, .chunkEnd, .trailer:
                guard try step(&buffer) else { return nil }
                if case .ended = state { return .end }
            }
        }
    }

    private static func take(_ limit: Int, from buffer: inout ByteBuffer) -> ByteBuffer? {
        let count = min(limit, buffer.readableBytes)
        return count > 0 ? buffer.readSlice(length: count) : nil
    }

    /// Takes a line between the data; false where it has not come whole.
    private mutating func step(_ buffer: inout ByteBuffer) throws(HTTPSyntaxError) -> Bool {
        switch state {
        case .chunkSize:
            guard let line = try Self.line(from: &buffer, limit: Self.lineLimit) else { return false }
            let size = try Self.size(line)
            state = size == 0 ? .trailer(left: Self.trailerLimit) : .chunk(left: size)
        case .chunkEnd:
            guard let line = try Self.line(from: &buffer, limit: 2) else { return false }
            guard line.readableBytes == 0 else { throw .chunk }
            state = .chunkSize
        case .trailer(let left):
            guard let line = try Self.line(from: &buffer, limit: left) else { return false }
            if line.readableBytes == 0 {
                state = .ended
            } else {
                try Self.checkTrailer(line)
                state = .trailer(left: left - line.readableBytes - 2)
            }
        case .data, .untilClose, .chunk, .ended: break
        }
        return true
    }

    /// One to eight hexadecimal digits, and then nothing or an extension of printable characters.
    private static func size(_ line: ByteBuffer) throws(HTTPSyntaxError) -> Int {
        var (size, digits) = (0, 0)
        let view = line.readableBytesView
        var index = view.startIndex
        while index < view.endIndex, let digit = view[index].hexDigitValue {
            digits += 1
            guard digits <= 8 else { throw .chunk }
            size = size << 4 | Int(digit)
            index += 1
        }
        guard digits > 0 else { throw .chunk }
        while index < view.endIndex, HTTPCharacter.isBlank(view[index]) { index += 1 }
        guard index == view.endIndex || view[index] == UInt8(ascii: ";"),
            view[index...].allSatisfy(HTTPCharacter.isText)
        else { throw .chunk }
        return size
    }

    private static func checkTrailer(_ line: ByteBuffer) throws(HTTPSyntaxError) {
        let view = line.readableBytesView
        guard let colon = view.firstIndex(of: HTTPCharacter.colon), colon > view.startIndex,
            view[..<colon].allSatisfy(HTTPCharacter.isToken), view[colon...].allSatisfy(HTTPCharacter.isText)
        else { throw .field }
    }

    /// The next line without its CRLF; `nil` where it has not come whole.
    ///
    /// The limit counts the line with its end.
    private static func line(from buffer: inout ByteBuffer, limit: Int) throws(HTTPSyntaxError) -> ByteBuffer? {
        let view = buffer.readableBytesView
        guard let end = view.prefix(limit).firstIndex(of: HTTPCharacter.lineFeed) else {
            guard view.count < limit else { throw .chunk }
            return nil
        }
        let length = end - view.startIndex
        guard length >= 1, view[end - 1] == HTTPCharacter.carriageReturn,
            let line = buffer.readSlice(length: length - 1)
        else { throw .chunk }
        buffer.moveReaderIndex(forwardBy: 2)
        return line
    }
}
