import Glibc
import NIOCore

/// The request line and the headers that matter of one Runtime API request.
struct RuntimeRequestHead: Equatable {
    let framing: BodyFraming
    private let target: Target
    private let errorType: String?

    private enum Target: Equatable {
        case next
        case response(id: String)
        case invocationError(id: String)
        case initError
        case unknown
    }

    /// Parses a head that ends in an empty line.
    init(_ head: ByteBuffer) throws(RuntimeRequestError) {
        var lines = head.readableBytesView[...]
        target = try Self.target(of: try Self.line(&lines))
        var length: Int?
        var chunked = false
        var errorType: String?
        while true {
            let line = try Self.line(&lines)
            guard !line.isEmpty else { break }
            guard let colon = line.firstIndex(of: UInt8(ascii: ":")), colon > line.startIndex else {
                throw .malformedHeader
            }
            let name = line[..<colon]
            // Four names matter; their lengths tell them from nearly all others without looking at a letter.
            switch name.count {
            case 14 where Self.matches(name, "content-length"):
                guard length == nil, let value = Self.length(Self.trimmed(line[(colon + 1)...])) else {
                    throw .ambiguousLength
                }
                length = value
            case 17 where Self.matches(name, "transfer-encoding"):
                guard !chunked, Self.matches(Self.trimmed(line[(colon + 1)...]), "chunked") else {
                    throw .ambiguousLength
                }
                chunked = true
            case 34 where Self.matches(name, "lambda-runtime-function-error-type"):
                errorType = String(decoding: Self.trimmed(line[(colon + 1)...]), as: UTF8.self)
            default:
                guard !name.contains(where: { $0 <= 0x20 || $0 >= 0x7F }) else { throw .malformedHeader }
            }
        }
        guard length == nil || !chunked else { throw .ambiguousLength }
        framing = chunked ? .chunked : .length(length ?? 0)
        self.errorType = errorType
    }

    /// The request, once its body is there.
    func request(_ body: BodyCollector) -> RuntimeRequest {
        switch target {
        case .next: .next
        case .response(let id) where body.size > RuntimeRequestParser.bodyLimit:
            .oversizedResponse(id: id, size: body.size)
        case .response(let id): .response(id: id, body: body.bytes)
        case .invocationError(let id): .invocationError(id: id, type: errorType, body: body.bytes)
        case .initError: .initError(type: errorType, body: body.bytes)
        case .unknown: .unknown
        }
    }

    private typealias Bytes = ByteBufferView

    private static func target(of line: Bytes) throws(RuntimeRequestError) -> Target {
        guard let methodEnd = line.firstIndex(of: UInt8(ascii: " ")) else { throw .malformedRequestLine }
        let rest = line[(methodEnd + 1)...]
        guard let pathEnd = rest.firstIndex(of: UInt8(ascii: " ")), rest.first == UInt8(ascii: "/"),
            matches(rest[(pathEnd + 1)...], "http/1.1")
        else { throw .malformedRequestLine }
        let path = rest[..<pathEnd]
        let method = line[..<methodEnd]
        if isExactly(method, "GET") { return isExactly(path, "/2018-06-01/runtime/invocation/next") ? .next : .unknown }
        guard isExactly(method, "POST") else { return .unknown }
        if isExactly(path, "/2018-06-01/runtime/init/error") { return .initError }
        if let id = id(in: path, before: "/response") { return .response(id: id) }
        if let id = id(in: path, before: "/error") { return .invocationError(id: id) }
        return .unknown
    }

    /// What stands for the request's id in the path of an answer.
    private static func id(in path: Bytes, before end: StaticString) -> String? {
        let start: StaticString = "/2018-06-01/runtime/invocation/"
        guard path.count >= start.utf8CodeUnitCount + end.utf8CodeUnitCount,
            isExactly(path.prefix(start.utf8CodeUnitCount), start), isExactly(path.suffix(end.utf8CodeUnitCount), end)
        else { return nil }
        let id = path.dropFirst(start.utf8CodeUnitCount).dropLast(end.utf8CodeUnitCount)
        guard !id.contains(UInt8(ascii: "/")) else { return nil }
        return String(decoding: id, as: UTF8.self)
    }

    private static func line(_ rest: inout Bytes) throws(RuntimeRequestError) -> Bytes {
        guard let end = rest.firstIndex(of: UInt8(ascii: "\n")), end > rest.startIndex,
            rest[end - 1] == UInt8(ascii: "\r")
        else { throw .malformedHeader }
        let line = rest[..<(end - 1)]
        rest = rest[(end + 1)...]
        return line
    }

    private static func trimmed(_ bytes: Bytes) -> Bytes {
        var bytes = bytes
        while let first = bytes.first, first == 0x20 || first == 0x09 { bytes = bytes.dropFirst() }
        while let last = bytes.last, last == 0x20 || last == 0x09 { bytes = bytes.dropLast() }
        return bytes
    }

    /// Whether `bytes` are `name`, which is in lower case, in any case.
    private static func matches(_ bytes: Bytes, _ name: StaticString) -> Bool {
        // SAFETY: the pointer of a static string lives for ever, and is read within its own length.
        unsafe bytes.count == name.utf8CodeUnitCount
            && bytes.elementsEqual(UnsafeBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount)) {
                $0 == $1 || ($0 | 0x20 == $1 && (0x41...0x5A).contains($0))
            }
    }

    private static func isExactly(_ bytes: Bytes, _ text: StaticString) -> Bool {
        guard bytes.count == text.utf8CodeUnitCount else { return false }
        // SAFETY: the pointer of a static string lives for ever, and both are read within their common length.
        return unsafe bytes.withUnsafeBytes { raw in
            guard let start = raw.baseAddress else { return true }
            return unsafe memcmp(start, text.utf8Start, raw.count) == 0
        }
    }

    private static func length(_ digits: Bytes) -> Int? {
        guard (1...10).contains(digits.count) else { return nil }
        var value = 0
        for digit in digits {
            guard (0x30...0x39).contains(digit) else { return nil }
            value = value * 10 + Int(digit - 0x30)
        }
        return value
    }
}
