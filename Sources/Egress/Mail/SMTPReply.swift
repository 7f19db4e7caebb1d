/// What a relay answers to a command: a number of three digits, and lines of text.
///
/// Source: RFC 5321 sections 4.2 and 4.5.3.1.
struct SMTPReply: Hashable, Sendable {
    /// How much is said of what it wrote.
    private static let shownLimit = 200

    let code: Int
    let lines: [String]

    /// What it means for what was asked: 2 and 3 go on, 4 is a no for now, 5 is a no.
    var kind: Int { code / 100 }

    /// The answer for a person to read, on one line.
    var shown: String {
        let text = lines.joined(separator: " ").unicodeScalars.prefix(Self.shownLimit)
        let safe = text.map { $0.properties.generalCategory == .control ? " " : Character($0) }
        return safe.isEmpty ? "\(code)" : "\(code) \(String(safe))"
    }
}
