import Core

/// How texts are written in mail, where lines are short and bytes are seven bits wide.
enum MailEncoding: String {
    /// Readable as it is (RFC 2045 section 6.7).
    case quotedPrintable = "quoted-printable"
    /// For what is mostly not ASCII (RFC 2045 section 6.8).
    case base64

    /// Characters of a line without its end.
    private static let width = 76
    /// Bytes of text in one encoded word, which has at most 75 characters.
    private static let wordSize = 45

    /// The encoding that takes less room for a text.
    init(for text: [UInt8]) {
        let others = text.reduce(0) { $0 + (Self.isPlain($1) || $1 == 0x0A || $1 == 0x0D ? 0 : 1) }
        self = others > text.count / 6 ? .base64 : .quotedPrintable
    }

    /// A text as the lines of a body, each with its end.
    func lines(of text: [UInt8]) -> [UInt8] {
        switch self {
        case .quotedPrintable: Self.quoted(text)
        case .base64: Self.wrapped(Base64.encode(Self.normalized(text)))
        }
    }

    /// A text for the head of a message: as it is if it is short and ASCII, else as encoded words (RFC 2047).
    ///
    /// Whatever it is, it adds no line to the head: control characters become spaces.
    static func unstructured(_ text: String) -> String {
        let clean = withoutControls(text)
        let isPlain = clean.utf8.allSatisfy { (0x20...0x7E).contains($0) }
        guard !isPlain || clean.utf8.count > 200 || clean.contains("=?") else { return clean }
        return words(clean)
    }

    /// The name in front of an address (RFC 5322 section 3.4).
    static func phrase(_ text: String) -> String {
        let clean = withoutControls(text)
        let isPlain = clean.utf8.allSatisfy { (0x20...0x7E).contains($0) }
        guard isPlain, !clean.contains("=?") else { return words(clean) }
        return "\"\(clean.replacing("\\", with: "\\\\").replacing("\"", with: "\\\""))\""
    }

    private static func withoutControls(_ text: String) -> String {
        var clean = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            switch scalar.properties.generalCategory {
            case .control, .lineSeparator, .paragraphSeparator: clean.append(" ")
            default: clean.append(scalar)
            }
        }
        return String(clean)
    }

    private static func words(_ text: String) -> String {
        var words: [String] = []
        var word: [UInt8] = []
        for scalar in text.unicodeScalars {
            let bytes = Array(String(scalar).utf8)
            if word.count + bytes.count > wordSize {
                words.append(Base64.encode(word))
                word = []
            }
            word += bytes
        }
        if !word.isEmpty { words.append(Base64.encode(word)) }
        return words.map { "=?UTF-8?B?\($0)?=" }.joined(separator: "\r\n ")
    }

    /// The text with every line end as mail has it.
    private static func normalized(_ text: [UInt8]) -> [UInt8] {
        var lines: [UInt8] = []
        lines.reserveCapacity(text.count + 64)
        for line in split(text) { lines += line + [0x0D, 0x0A] }
        return lines
    }

    /// The lines of a text, whatever ends them; an end behind the last one begins no other.
    private static func split(_ text: [UInt8]) -> [ArraySlice<UInt8>] {
        var lines: [ArraySlice<UInt8>] = []
        var start = 0
        var index = 0
        while index < text.count {
            defer { index += 1 }
            guard text[index] == 0x0A || text[index] == 0x0D else { continue }
            lines.append(text[start..<index])
            if text[index] == 0x0D, index + 1 < text.count, text[index + 1] == 0x0A { index += 1 }
            start = index + 1
        }
        if start < text.count { lines.append(text[start...]) }
        return lines
    }

    private static func wrapped(_ text: String) -> [UInt8] {
        var lines: [UInt8] = []
        let bytes = Array(text.utf8)
        for start in stride(from: 0, to: bytes.count, by: width) {
            lines += bytes[start..<min(bytes.count, start + width)] + [0x0D, 0x0A]
        }
        return lines
    }

    private static func quoted(_ text: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(text.count + text.count / 8)
        for line in split(text) {
            var column = 0
            for (place, byte) in zip(line.indices, line) {
                let isLast = place == line.endIndex - 1
                let isSpace = byte == 0x20 || byte == 0x09
                // A space at the end of a line may get lost on the way.
                let isKept = (isPlain(byte) || byte == 0x09) && !(isSpace && isLast)
                let size = isKept ? 1 : 3
                // Room for the sign that the line goes on.
                if column + size > width - 1 {
                    result += [0x3D, 0x0D, 0x0A]
                    column = 0
                }
                result += isKept ? [byte] : [0x3D, hexDigits[Int(byte >> 4)], hexDigits[Int(byte & 15)]]
                column += size
            }
            result += [0x0D, 0x0A]
        }
        return result
    }

    private static let hexDigits = Array("0123456789ABCDEF".utf8)

    private static func isPlain(_ byte: UInt8) -> Bool { (0x20...0x7E).contains(byte) && byte != 0x3D }
}
