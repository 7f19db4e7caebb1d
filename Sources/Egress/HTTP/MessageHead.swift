import Core

/// Why bytes are not a message of HTTP/1.1; the connection cannot be used any further.
package enum HTTPSyntaxError: String, Error, Sendable {
    case startLine = "start-line"
    case version
    case field = "header"
    case host
    /// A length given twice, or beside chunks, or in words: two readers could see two messages.
    case ambiguousLength = "ambiguous-length"
    case chunk
    case connection
    case target
    case headTooLarge = "head-too-large"
}

/// The head of a message: every part is a range of its bytes, and nothing is lenient (RFC 9112 sections 2 to 5).
///
/// Refused is whatever two parsers could read differently: folded lines (section 5.2), a space before a colon
/// (section 5.1), bare CR or LF (section 2.2), NUL and other control characters (RFC 9110 section 5.5).
struct MessageHead: Sendable {
    /// Where a field lies.
    struct Field: Sendable {
        let name: Range<Int>
        let value: Range<Int>
        /// Behind its line.
        let end: Int
    }

    /// Bytes of a head, with its empty line.
    static let byteLimit = 64 * 1024
    private static let fieldLimit = 128

    let bytes: [UInt8]
    /// The first line without its line end.
    let start: Range<Int>
    let fields: [Field]

    /// Parses a head that ends in an empty line.
    init(parsing head: [UInt8]) throws(HTTPSyntaxError) {
        let span = head.span
        var position = 0
        while position < span.count, HTTPCharacter.isText(span[position]), span[position] != 0x09 { position += 1 }
        start = 0..<position
        position = try Self.lineEnd(span, at: position, .startLine)
        var fields: [Field] = []
        fields.reserveCapacity(16)
        while let field = try Self.field(span, at: &position) {
            guard fields.count < Self.fieldLimit else { throw .headTooLarge }
            fields.append(field)
        }
        guard position == span.count else { throw .field }
        bytes = head
        self.fields = fields
    }

    /// The field at a position, which moves behind it; `nil` at the empty line.
    private static func field(_ bytes: Span<UInt8>, at position: inout Int) throws(HTTPSyntaxError) -> Field? {
        let start = position
        var index = start
        while index < bytes.count, HTTPCharacter.isToken(bytes[index]) { index += 1 }
        if index == start {
            position = try lineEnd(bytes, at: index, .field)
            return nil
        }
        guard index < bytes.count, bytes[index] == HTTPCharacter.colon else { throw .field }
        let name = start..<index
        index += 1
        while index < bytes.count, HTTPCharacter.isBlank(bytes[index]) { index += 1 }
        let valueStart = index
        index = HTTPCharacter.textEnd(bytes, from: index)
        position = try lineEnd(bytes, at: index, .field)
        while index > valueStart, HTTPCharacter.isBlank(bytes[index - 1]) { index -= 1 }
        return Field(name: name, value: valueStart..<index, end: position)
    }

    /// Where the next line begins, if this one ends here.
    private static func lineEnd(
        _ bytes: Span<UInt8>, at index: Int, _ failure: HTTPSyntaxError
    ) throws(HTTPSyntaxError) -> Int {
        guard index + 1 < bytes.count, bytes[index] == HTTPCharacter.carriageReturn,
            bytes[index + 1] == HTTPCharacter.lineFeed
        else { throw failure }
        return index + 2
    }

    /// Whether a part is this text, which is in lower case, in any case.
    func part(_ range: Range<Int>, isAnyCase text: StaticString) -> Bool {
        guard range.count == text.utf8CodeUnitCount else { return false }
        let span = bytes.span
        // SAFETY: a static string's bytes live as long as the process, and there are as many as the range has.
        for index in 0..<range.count
        where unsafe HTTPCharacter.lowercased(span[range.lowerBound + index]) != text.utf8Start[index] { return false }
        return true
    }

    /// Whether two parts are the same in any case.
    func part(_ left: Range<Int>, isAnyCase right: Range<Int>) -> Bool {
        guard left.count == right.count else { return false }
        let span = bytes.span
        for index in 0..<left.count
        where HTTPCharacter.lowercased(span[left.lowerBound + index])
            != HTTPCharacter.lowercased(span[right.lowerBound + index])
        { return false }
        return true
    }

    /// A part as text.
    func text(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }

    /// The parts of a list between commas, without the blanks around them (RFC 9110 section 5.6.1).
    func elements(_ range: Range<Int>) -> [Range<Int>] {
        var elements: [Range<Int>] = []
        var start = range.lowerBound
        for index in range.lowerBound...range.upperBound
        where index == range.upperBound || bytes[index] == UInt8(ascii: ",") {
            var (first, last) = (start, index)
            while first < last, HTTPCharacter.isBlank(bytes[first]) { first += 1 }
            while first < last, HTTPCharacter.isBlank(bytes[last - 1]) { last -= 1 }
            if first < last { elements.append(first..<last) }
            start = index + 1
        }
        return elements
    }
}
