import NIOCore

/// Reads Runtime API requests off a sandbox's connection.
///
/// HTTP/1.1 as far as runtimes speak it: a request line, headers of which four matter, and a body by length or in chunks
/// (RFC 9112 sections 3, 6 and 7). The peer is untrusted: every length is bounded, and anything ambiguous is refused.
package struct RuntimeRequestParser: Sendable {
    /// Bytes of request line and headers.
    package static let headLimit = 16 * 1024
    /// Bytes of an answer: the 6 MiB of a synchronous response and AWS's 100 bytes of grace.
    package static let bodyLimit = 6 * 1024 * 1024 + 100

    private var state = State.head
    private var scanned = 0

    package init() {}

    /// Takes the next whole request off `buffer`; `nil` until more bytes come.
    package mutating func next(from buffer: inout ByteBuffer) throws(RuntimeRequestError) -> RuntimeRequest? {
        if case .head = state {
            guard let length = try headLength(in: buffer), let slice = buffer.readSlice(length: length) else {
                return nil
            }
            state = .body(try RuntimeRequestHead(slice), BodyCollector())
        }
        guard case .body(let head, var collector) = state else { return nil }
        // The collector is moved out so that its buffer stays uniquely referenced.
        state = .head
        guard try collector.collect(head.framing, from: &buffer) else {
            state = .body(head, collector)
            return nil
        }
        return head.request(collector)
    }

    /// Where the head ends; remembers how far it looked, so that slow senders cost no more than fast ones.
    private mutating func headLength(in buffer: ByteBuffer) throws(RuntimeRequestError) -> Int? {
        let view = buffer.readableBytesView
        var index = view.startIndex + max(0, scanned - 3)
        while let lineFeed = view[index...].firstIndex(of: UInt8(ascii: "\n")) {
            let length = lineFeed - view.startIndex + 1
            if length >= 4, view[lineFeed - 1] == UInt8(ascii: "\r"), view[lineFeed - 2] == UInt8(ascii: "\n"),
                view[lineFeed - 3] == UInt8(ascii: "\r")
            {
                guard length <= Self.headLimit else { throw .headTooLarge(limit: Self.headLimit) }
                scanned = 0
                return length
            }
            index = lineFeed + 1
        }
        scanned = view.count
        // As many bytes without an end are the beginning of a longer head.
        guard scanned < Self.headLimit else { throw .headTooLarge(limit: Self.headLimit) }
        return nil
    }

    private enum State {
        case head
        case body(RuntimeRequestHead, BodyCollector)
    }
}

/// How the end of a body is known.
enum BodyFraming: Equatable {
    case length(Int)
    case chunked
}

/// Gathers a body up to the limit, and only counts what lies beyond it.
struct BodyCollector {
    private(set) var bytes = ByteBuffer()
    private(set) var size = 0
    private var chunkLeft = 0
    private var chunk = Chunk.size

    private enum Chunk { case size, data, end, trailer }

    /// Bytes of a line that is not data: a chunk's size with its extensions, or a trailer.
    private static let lineLimit = 4096

    /// Takes what is there; true when the body is whole.
    mutating func collect(_ framing: BodyFraming, from buffer: inout ByteBuffer) throws(RuntimeRequestError) -> Bool {
        switch framing {
        case .length(let length):
            take(min(length - size, buffer.readableBytes), from: &buffer)
            return size == length
        case .chunked:
            return try collectChunks(from: &buffer)
        }
    }

    private mutating func take(_ count: Int, from buffer: inout ByteBuffer) {
        guard count > 0, var slice = buffer.readSlice(length: count) else { return }
        if size + count <= RuntimeRequestParser.bodyLimit {
            if size == 0 { bytes = slice } else { bytes.writeBuffer(&slice) }
        } else {
            bytes.clear()
        }
        size += count
    }

    private mutating func collectChunks(from buffer: inout ByteBuffer) throws(RuntimeRequestError) -> Bool {
        while true {
            switch chunk {
            case .size:
                guard let line = try Self.line(from: &buffer) else { return false }
                let digits = line.split(separator: ";", maxSplits: 1, omittingEmptySubsequences: false)[0]
                guard (1...8).contains(digits.utf8.count), digits.allSatisfy(\.isHexDigit),
                    digits.utf8.count == digits.count,
                    let length = Int(digits, radix: 16)
                else { throw .malformedChunk }
                chunkLeft = length
                chunk = length == 0 ? .trailer : .data
            case .data:
                let count = min(chunkLeft, buffer.readableBytes)
                take(count, from: &buffer)
                chunkLeft -= count
                guard chunkLeft == 0 else { return false }
                chunk = .end
            case .end:
                guard let line = try Self.line(from: &buffer) else { return false }
                guard line.isEmpty else { throw .malformedChunk }
                chunk = .size
            case .trailer:
                guard let line = try Self.line(from: &buffer) else { return false }
                if line.isEmpty { return true }
            }
        }
    }

    private static func line(from buffer: inout ByteBuffer) throws(RuntimeRequestError) -> String? {
        let view = buffer.readableBytesView
        guard let end = view.firstIndex(of: UInt8(ascii: "\n")) else {
            guard view.count < lineLimit else { throw .malformedChunk }
            return nil
        }
        let length = end - view.startIndex + 1
        guard length >= 2, length <= lineLimit, view[end - 1] == UInt8(ascii: "\r"),
            let text = buffer.readString(length: length)
        else {
            throw .malformedChunk
        }
        return String(text.utf8.dropLast(2)) ?? ""
    }
}
