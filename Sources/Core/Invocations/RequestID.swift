import FoundationEssentials

/// The id of one request or invocation, a random UUID in lower case.
package struct RequestID: Hashable, Sendable, CustomStringConvertible {
    private let id: RandomID

    /// Makes a new id.
    package init() { id = RandomID() }

    /// Parses the text form; anything but a UUID is `nil`.
    package init?(_ text: some StringProtocol) {
        guard let id = RandomID(text) else { return nil }
        self.id = id
    }

    package var description: String { id.text }

    /// The same id as Foundation has it.
    package var uuid: UUID { id.uuid }
}
