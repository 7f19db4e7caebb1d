import Core

/// The public half of a pair of credentials: 16 to 128 upper-case letters and digits, such as `AKIAIOSFODNN7EXAMPLE`.
///
/// The first four say what it is: `AKIA` a lasting key, `ASIA` one that comes with a session token and expires.
package struct AccessKeyID: Hashable, Sendable, CustomStringConvertible {
    package let text: String

    /// Parses an id.
    package init(_ text: String) throws(NameError) {
        guard (16...128).contains(text.utf8.count) else { throw .badLength(minimum: 16, maximum: 128) }
        for character in text where !(character.isASCII && (character.isUppercase || character.isNumber)) {
            throw .badCharacter(character)
        }
        self.text = text
    }

    /// Takes an id as AWS's examples have it, shorter than any real one.
    init(unchecked text: String) { self.text = text }

    /// Makes a new id, of 20 characters.
    package init(prefix: Prefix) { text = UniqueID.make(prefix: prefix.rawValue, length: 20) }

    /// What kind of credentials an id belongs to.
    package enum Prefix: String, Sendable {
        case lasting = "AKIA"
        case temporary = "ASIA"
    }

    /// Whether the id comes with a session token.
    package var isTemporary: Bool { text.hasPrefix(Prefix.temporary.rawValue) }

    package var description: String { text }
}

/// The secret half of a pair of credentials.
///
/// It cannot be printed, logged, dumped or encoded by accident: whoever needs the characters says `revealed`.
package struct SecretKey: Sendable, CustomReflectable {
    private let characters: String

    /// Takes a secret as it was stored or configured.
    package init(revealed: String) { characters = revealed }

    /// Makes a new secret of 40 characters: 240 bits.
    package init() {
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
        var random = SystemRandomNumberGenerator()
        characters = String((0..<40).map { _ in alphabet[Int(random.next() & 63)] })
    }

    /// The characters themselves: for signatures, for sealing, and for showing a new key to its owner once.
    package var revealed: String { characters }

    /// Shows nothing, so that no log and no debugger prints the secret by accident.
    package var customMirror: Mirror { Mirror(self, children: []) }
}
