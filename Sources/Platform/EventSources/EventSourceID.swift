import Core

/// The id of an event source mapping: a UUID.
package struct EventSourceID: Hashable, Sendable, Comparable, CustomStringConvertible {
    package let text: String

    /// Makes a new one.
    init() { text = RequestID().description }

    /// Reads the text form, in either case; anything but a UUID is `nil`.
    package init?(_ text: String) {
        guard let id = RequestID(text) else { return nil }
        self.text = id.description
    }

    package var description: String { text }

    /// Orders ids by their text, as lists show them.
    package static func < (left: EventSourceID, right: EventSourceID) -> Bool { left.text < right.text }
}
