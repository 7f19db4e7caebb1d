import Core
import Vault

/// What a request's head says of its body and of its connection.
struct RequestFraming: Equatable, Sendable {
    /// How the end of the body is known.
    enum Body: Equatable, Sendable {
        case length(Int)
        case chunked
    }

    let body: Body
    /// Whether the connection is good for another request.
    let keepsAlive: Bool
    /// Whether the client waits to be told that its body is wanted.
    let expectsContinue: Bool
}

/// Why bytes are not an HTTP request; the connection is answered and closed.
enum RequestSyntaxError: Error, Equatable {
    case requestLine
    case version
    case header
    case host
    case ambiguousLength
    case chunk
    case headTooLarge(limit: Int)
}

/// Reads a head off the wire: HTTP/1.1 and 1.0 as RFC 9112 sections 2 to 6 have them, and nothing more lenient.
///
/// Whatever two parsers could read differently is refused: folded lines, spaces before a colon, a length given twice or
/// beside chunks, a bare line feed, a host that is missing or given twice.
extension RequestText {
    /// Parses a head that ends in an empty line; names are put into lower case.
    init(parsing head: Span<UInt8>, framing: inout RequestFraming?) throws(RequestSyntaxError) {
        self.init()
        reserve(head.count)
        _ = append(head)
        var reader = HeadReader()
        var position = try reader.readRequestLine(&self)
        while try !reader.readHeader(&self, at: &position) {}
        guard position == bytes.count else { throw .header }
        framing = try reader.framing()
    }
}

/// Goes through a head once, and gathers on the way what decides about body and connection.
private struct HeadReader {
    private var isOld = false
    private var hosts = 0
    private var length: Int?
    private var isChunked = false
    private var closes = false
    private var keeps = false
    private var expectsContinue = false

    func framing() throws(RequestSyntaxError) -> RequestFraming {
        guard hosts == 1 || (isOld && hosts == 0) else { throw .host }
        guard length == nil || !isChunked, !isOld || !isChunked else { throw .ambiguousLength }
        return RequestFraming(
            body: isChunked ? .chunked : .length(length ?? 0), keepsAlive: isOld ? keeps && !closes : !closes,
            expectsContinue: expectsContinue && !isOld)
    }

    /// Reads `METHOD SP target SP HTTP/1.x CRLF`; gives where the next line begins.
    mutating func readRequestLine(_ text: inout RequestText) throws(RequestSyntaxError) -> Int {
        let (method, target) = try Self.requestLine(text.bytes.span, isOld: &isOld)
        text.setRequestLine(method: method, target: target)
        return target.upperBound + Self.versionLength
    }

    /// Reads one header line; true at the empty line that ends the head.
    mutating func readHeader(_ text: inout RequestText, at position: inout Int) throws(RequestSyntaxError) -> Bool {
        guard let header = try Self.header(text.bytes.span, at: &position) else { return true }
        text.addHeader(header)
        try note(header, in: text)
        return false
    }

    /// Space, version and line end.
    private static let versionLength = 11

    private static func requestLine(
        _ bytes: Span<UInt8>, isOld: inout Bool
    ) throws(RequestSyntaxError) -> (method: Range<Int>, target: Range<Int>) {
        var index = 0
        while index < bytes.count, HTTPCharacter.isToken(bytes[index]) { index += 1 }
        guard index > 0, index < bytes.count, bytes[index] == HTTPCharacter.space else { throw .requestLine }
        let method = 0..<index
        let start = index + 1
        index = start
        while index < bytes.count, bytes[index] > HTTPCharacter.space, bytes[index] != HTTPCharacter.delete {
            index += 1
        }
        guard index > start, bytes[start] == UInt8(ascii: "/"), index + versionLength <= bytes.count,
            bytes[index] == HTTPCharacter.space
        else { throw .requestLine }
        let version = bytes.extracting(index + 1..<index + versionLength)
        if ASCII.equal(version, "HTTP/1.0\r\n".utf8Span.span) {
            isOld = true
        } else if !ASCII.equal(version, "HTTP/1.1\r\n".utf8Span.span) {
            throw .version
        }
        return (method, start..<index)
    }

    /// The header at a position, which moves behind it; `nil` at the empty line.
    private static func header(
        _ bytes: Span<UInt8>, at position: inout Int
    ) throws(RequestSyntaxError) -> RequestText.Header? {
        let start = position
        var index = start
        while index < bytes.count, HTTPCharacter.isToken(bytes[index]) { index += 1 }
        if index == start {
            position = try lineEnd(bytes, at: index)
            return nil
        }
        guard index < bytes.count, bytes[index] == UInt8(ascii: ":") else { throw .header }
        let name = start..<index
        index += 1
        while index < bytes.count, HTTPCharacter.isBlank(bytes[index]) { index += 1 }
        let valueStart = index
        index = HTTPCharacter.textEnd(bytes, from: index)
        position = try lineEnd(bytes, at: index)
        while index > valueStart, HTTPCharacter.isBlank(bytes[index - 1]) { index -= 1 }
        return RequestText.Header(name: name, value: valueStart..<index)
    }

    /// Where the next line begins, if this one ends here.
    private static func lineEnd(_ bytes: Span<UInt8>, at index: Int) throws(RequestSyntaxError) -> Int {
        guard index + 1 < bytes.count, bytes[index] == HTTPCharacter.carriageReturn,
            bytes[index + 1] == HTTPCharacter.lineFeed
        else { throw .header }
        return index + 2
    }

    private mutating func note(_ header: RequestText.Header, in text: RequestText) throws(RequestSyntaxError) {
        switch header.name.count {
        case 4 where text.part(header.name, is: "host"): hosts += 1
        case 6 where text.part(header.name, is: "expect"):
            expectsContinue = expectsContinue || text.part(header.value, isAnyCase: "100-continue")
        case 10 where text.part(header.name, is: "connection"): noteConnection(text.text(header.value))
        case 14 where text.part(header.name, is: "content-length"):
            guard length == nil, let value = Self.length(text.bytes.span.extracting(header.value)) else {
                throw .ambiguousLength
            }
            length = value
        case 17 where text.part(header.name, is: "transfer-encoding"):
            guard !isChunked, text.part(header.value, isAnyCase: "chunked") else { throw .ambiguousLength }
            isChunked = true
        default: break
        }
    }

    private mutating func noteConnection(_ value: String) {
        for option in value.lowercased().split(separator: ",") {
            switch option.drop(while: { $0 == " " }).prefix(while: { $0 != " " }) {
            case "close": closes = true
            case "keep-alive": keeps = true
            default: break
            }
        }
    }

    private static func length(_ digits: Span<UInt8>) -> Int? {
        guard (1...18).contains(digits.count) else { return nil }
        var value = 0
        for index in digits.indices {
            guard (0x30...0x39).contains(digits[index]) else { return nil }
            value = value * 10 + Int(digits[index] - 0x30)
        }
        return value
    }
}
