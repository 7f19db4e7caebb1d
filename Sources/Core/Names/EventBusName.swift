/// The name of an event bus: 1 to 256 letters, digits and `-_.`; slashes are for those of partners, which are not here.
package struct EventBusName: Hashable, Sendable, Comparable, CustomStringConvertible {
    package let text: String

    /// The bus that is always there.
    package static let standard = EventBusName(verified: "default")

    /// Takes a bare name, not an ARN.
    package init(_ text: String) throws(NameError) {
        try text.requireName(1...256, extra: "-_.")
        self.text = text
    }

    private init(verified text: String) { self.text = text }

    package var description: String { text }

    /// Orders names by their bytes, as lists show them.
    package static func < (left: EventBusName, right: EventBusName) -> Bool { left.text < right.text }
}

extension EventBusName: RawRepresentable, Codable {
    package var rawValue: String { text }

    package init?(rawValue: String) {
        do { try self.init(rawValue) } catch { return nil }
    }
}
