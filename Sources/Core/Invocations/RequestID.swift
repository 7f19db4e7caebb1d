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

    /// Takes the two halves of the id.
    package init(high: UInt64, low: UInt64) { id = RandomID(high: high, low: low) }

    /// The two halves of the id, as compact records keep it.
    package var words: (high: UInt64, low: UInt64) { (id.high, id.low) }

    package var description: String { id.text }

    /// The same id as Foundation has it.
    package var uuid: UUID { id.uuid }
}
