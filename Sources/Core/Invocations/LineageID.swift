import FoundationEssentials

/// What everything that one outside event causes has in common, over any number of hops.
///
/// A request from outside starts a lineage; everything it causes inherits it, and every record carries it.
package struct LineageID: Hashable, Sendable, CustomStringConvertible {
    package let uuid: UUID

    /// Starts a lineage.
    package init() { uuid = UUID() }

    /// Parses the text form; anything but a UUID is `nil`.
    package init?(_ text: some StringProtocol) {
        guard let uuid = UUID(uuidString: String(text)) else { return nil }
        self.uuid = uuid
    }

    package var description: String { uuid.uuidString.lowercased() }
}
