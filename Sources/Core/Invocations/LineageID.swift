/// What everything that one outside event causes has in common, over any number of hops.
///
/// A request from outside starts a lineage; everything it causes inherits it, and every record carries it.
package struct LineageID: Hashable, Sendable, CustomStringConvertible {
    private let id: RandomID

    /// Starts a lineage.
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
}
