import FoundationEssentials

/// The id of one request or invocation, a random UUID in lower case.
package struct RequestID: Hashable, Sendable, CustomStringConvertible {
    package let uuid: UUID

    /// Makes a new id.
    package init() { uuid = UUID() }

    /// Parses the text form; anything but a UUID is `nil`.
    package init?(_ text: some StringProtocol) {
        guard let uuid = UUID(uuidString: String(text)) else { return nil }
        self.uuid = uuid
    }

    package var description: String { uuid.uuidString.lowercased() }
}
