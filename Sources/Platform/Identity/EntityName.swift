import Core

/// The name of a user, role, policy or session: 1 to 128 letters, digits and `_+=,.@-`.
///
/// Source: IAM API reference, the pattern `[\w+=,.@-]+`. Where AWS allows only 64 characters the service model says so.
package struct EntityName: Hashable, Sendable, Comparable, Codable, CustomStringConvertible {
    package let text: String

    /// Takes a bare name, without its path.
    package init(_ text: String) throws(NameError) {
        guard !text.isEmpty else { throw .empty }
        guard text.utf8.count <= 128 else { throw .badLength(minimum: 1, maximum: 128) }
        for character in text
        where !(character.isASCII && (character.isLetter || character.isNumber || "_+=,.@-".contains(character))) {
            throw .badCharacter(character)
        }
        self.text = text
    }

    package var description: String { text }

    /// Orders names by their bytes, as lists show them.
    package static func < (left: EntityName, right: EntityName) -> Bool { left.text < right.text }

    /// Reads a name from a record.
    package init(from decoder: any Decoder) throws { try self.init(decoder.singleValueContainer().decode(String.self)) }

    /// Writes the name into a record.
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(text)
    }
}
