import AccessPolicy
import Core

/// The JSON text of a policy, known to be one, kept exactly as it was given.
package struct PolicyDocument: Hashable, Sendable, Codable {
    package let text: String

    /// Takes the text of a policy that can be compiled; whose policy it is says what its statements must have.
    package init(_ text: String, use: Policy.Use) throws(PolicyFlaw) {
        _ = try Policy(parsing: text, use: use)
        self.text = text
    }

    /// How much of a quota the text uses: IAM does not count white space.
    package var size: Int { Self.size(of: text) }

    /// How much of a quota a text would use.
    package static func size(of text: String) -> Int { text.unicodeScalars.count { !$0.properties.isWhitespace } }

    /// Reads a text from a record; it was checked when it was written.
    package init(from decoder: any Decoder) throws { text = try decoder.singleValueContainer().decode(String.self) }

    /// Writes the text, and nothing else.
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(text)
    }
}
