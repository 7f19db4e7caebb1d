import NIOCore

/// Puts the bytes that come from a relay together to replies.
///
/// Lines end with CR LF and nothing else, all lines of a reply have one number, and their count and length are bounded.
struct SMTPReplyReader: Sendable {
    enum Fault: Error, Equatable, Sendable { case tooLong, malformed }

    /// More than any relay writes: the protocol says 512.
    private static let lineLimit = 2048
    private static let lineCount = 128

    private var buffer = ByteBuffer()
    private var code: Int?
    private var lines: [String] = []

    /// Whether nothing has come that was not read.
    var isEmpty: Bool { buffer.readableBytes == 0 && lines.isEmpty }

    /// Takes what has come.
    mutating func append(_ bytes: inout ByteBuffer) { buffer.writeBuffer(&bytes) }

    /// The next whole reply; `nil` until more has come.
    mutating func next() throws(Fault) -> SMTPReply? {
        while let line = try line() {
            guard lines.count < Self.lineCount else { throw .tooLong }
            guard let code = Self.code(line), self.code == nil || self.code == code else { throw .malformed }
            lines.append(String(decoding: line.dropFirst(4), as: UTF8.self))
            self.code = code
            guard line.count <= 3 || line[3] == UInt8(ascii: " ") else { continue }
            defer { (self.code, lines) = (nil, []) }
            return SMTPReply(code: code, lines: lines)
        }
        return nil
    }

    private mutating func line() throws(Fault) -> [UInt8]? {
        let view = buffer.readableBytesView
        guard let end = view.firstIndex(of: 0x0A) else {
            guard view.count < Self.lineLimit else { throw .tooLong }
            buffer.discardReadBytes()
            return nil
        }
        let length = end - view.startIndex
        guard length < Self.lineLimit else { throw .tooLong }
        guard length > 0, view[end - 1] == 0x0D, let line = buffer.readBytes(length: length + 1) else {
            throw .malformed
        }
        let content = Array(line.dropLast(2))
        guard !content.contains(0x0D), !content.contains(0) else { throw .malformed }
        return content
    }

    /// The number that a line begins with, if it is a line of a reply.
    private static func code(_ line: [UInt8]) -> Int? {
        guard line.count >= 3, (UInt8(ascii: "2")...UInt8(ascii: "5")).contains(line[0]),
            line[1...2].allSatisfy({ (0x30...0x39).contains($0) }),
            line.count == 3 || line[3] == UInt8(ascii: " ") || line[3] == UInt8(ascii: "-")
        else { return nil }
        return line[..<3].reduce(0) { $0 * 10 + Int($1 - 0x30) }
    }
}
