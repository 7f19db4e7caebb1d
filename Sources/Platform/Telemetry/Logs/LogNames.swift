import Core
import Storage

/// The name of a log group: 1 to 512 letters, digits and `.-_/#`, such as `/aws/lambda/resize`.
package struct LogGroupName: Hashable, Sendable, CustomStringConvertible {
    package let text: String

    /// Takes a bare name, not an ARN.
    package init(_ text: String) throws(NameError) {
        guard (1...512).contains(text.utf8.count) else { throw .badLength(minimum: 1, maximum: 512) }
        for character in text where !Self.allows(character) { throw .badCharacter(character) }
        self.text = text
    }

    package var description: String { text }

    private static func allows(_ character: Character) -> Bool {
        character.isASCII && (character.isLetter || character.isNumber || ".-_/#".contains(character))
    }
}

/// The name of a log stream in its group: 1 to 512 characters except `:` and `*`.
package struct LogStreamName: Hashable, Sendable, CustomStringConvertible {
    package let text: String

    /// Takes a name.
    package init(_ text: String) throws(NameError) {
        // The store takes names of 2,048 bytes; the group's is in front.
        guard (1...512).contains(text.count), text.utf8.count <= 1024 else {
            throw .badLength(minimum: 1, maximum: 512)
        }
        for scalar in text.unicodeScalars where scalar == ":" || scalar == "*" || scalar.value == 0 {
            throw .badCharacter(Character(scalar))
        }
        self.text = text
    }

    package var description: String { text }
}

/// Which log group of which account is meant.
package struct LogGroupID: Hashable, Sendable {
    package let account: AccountID
    package let name: LogGroupName

    /// Names a group.
    package init(account: AccountID, name: LogGroupName) {
        self.account = account
        self.name = name
    }

    var partition: Partition { Partition(account: account) }

    /// The resource whose key seals the group's events.
    var resource: String { "logs/\(name)" }

    var record: RecordKey { RecordKey(kind: LogGroup.kind, id: name.text) }

    /// There while the group's streams are being deleted.
    var deletion: RecordKey { RecordKey(kind: "log-group-deletion", id: name.text) }
}

/// Which log stream is meant; what the data plane keeps for each sandbox.
package struct LogStreamID: Hashable, Sendable {
    package let group: LogGroupID
    package let name: LogStreamName
    private let known: KnownHash

    /// Names a stream.
    package init(group: LogGroupID, name: LogStreamName) {
        self.group = group
        self.name = name
        known = KnownHash(group, name)
    }

    package func hash(into hasher: inout Hasher) { known.hash(into: &hasher) }

    /// Neither name holds a colon.
    var record: RecordKey { RecordKey(kind: LogStream.kind, id: "\(group.name):\(name)") }

    var log: LogID { LogID("logs/\(group.name):\(name)") }
}
