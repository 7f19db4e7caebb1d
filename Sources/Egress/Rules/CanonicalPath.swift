import Core

/// Why a path is not one that everybody between here and the service reads alike.
package enum PathError: Error, Equatable, Sendable {
    case noSlash
    case badEscape
    /// `.` or `..`, however it is written, and with parameters behind it (`..;a=b`) too.
    case dotSegment
    case emptySegment
    /// `%2F`, `%5C`, `%00`, another escaped control character, or an escape inside an escape.
    case hiddenDelimiter
    case badCharacter(UInt8)
}

/// A path that was judged and goes out as it was judged (RFC 3986 section 6.2.2).
///
/// Letters, digits, `-._~` are never escaped, other escapes have capital digits. Whatever servers resolve in different
/// ways (dot segments, empty segments, escaped slashes, double escapes) is refused rather than resolved.
package struct CanonicalPath: Hashable, Sendable {
    package let text: String

    /// Brings the path of a request target into its one form.
    package init(_ path: some StringProtocol) throws(PathError) {
        let source = Array(path.utf8)
        guard source.first == UInt8(ascii: "/") else { throw .noSlash }
        // Most paths are in their one form already.
        let result = source.allSatisfy(Self.isAllowed) ? source : try Self.unescaped(source)
        try Self.checkSegments(result)
        text = String(decoding: result, as: UTF8.self)
    }

    private static func unescaped(_ source: [UInt8]) throws(PathError) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(source.count)
        var index = 0
        while index < source.count {
            if source[index] == UInt8(ascii: "%") {
                try escape(source, at: index, into: &result)
                index += 3
            } else {
                guard isAllowed(source[index]) else { throw .badCharacter(source[index]) }
                result.append(source[index])
                index += 1
            }
        }
        return result
    }

    private static func escape(
        _ source: [UInt8], at index: Int, into result: inout [UInt8]
    ) throws(PathError) {
        guard index + 2 < source.count, let high = source[index + 1].hexDigitValue,
            let low = source[index + 2].hexDigitValue
        else { throw .badEscape }
        let byte = high << 4 | low
        switch byte {
        case UInt8(ascii: "/"), UInt8(ascii: "\\"), UInt8(ascii: "%"), 0..<0x20, 0x7F: throw .hiddenDelimiter
        case _ where isUnreserved(byte): result.append(byte)
        default: result += [UInt8(ascii: "%"), digit(high), digit(low)]
        }
    }

    private static func digit(_ value: UInt8) -> UInt8 { value < 10 ? 0x30 + value : 0x37 + value }

    private static func checkSegments(_ path: [UInt8]) throws(PathError) {
        // Only the last segment may be empty.
        var start = 1
        while start < path.count {
            var end = start
            while end < path.count, path[end] != UInt8(ascii: "/") { end += 1 }
            guard end > start else { throw .emptySegment }
            let dots = path[start..<end].prefix { $0 == UInt8(ascii: ".") }
            if (1...2).contains(dots.count), dots.endIndex == end || path[dots.endIndex] == UInt8(ascii: ";") {
                throw .dotSegment
            }
            start = end + 1
        }
    }

    private static func isUnreserved(_ byte: UInt8) -> Bool {
        HTTPCharacter.isAlphanumeric(byte) || "-._~".utf8.contains(byte)
    }

    /// `pchar` and the slash of RFC 3986 section 3.3.
    private static func isAllowed(_ byte: UInt8) -> Bool {
        HTTPCharacter.isAlphanumeric(byte) || "/-._~!$&'()*+,;=:@".utf8.contains(byte)
    }
}
