/// The name of a rule of an event bus, of an archive, a replay, a connection or an API destination: 1 to 64 letters,
/// digits and `-_.`.
package struct RuleName: Hashable, Sendable, Comparable, CustomStringConvertible {
    package let text: String

    /// Takes a bare name, not an ARN.
    package init(_ text: String) throws(NameError) {
        try text.requireName(1...64, extra: "-_.")
        self.text = text
    }

    /// The name of a schedule is one of a rule too.
    package init(_ name: ScheduleName) { text = name.text }

    package var description: String { text }

    /// Orders names by their bytes, as lists show them.
    package static func < (left: RuleName, right: RuleName) -> Bool { left.text < right.text }
}

extension RuleName: RawRepresentable, Codable {
    package var rawValue: String { text }

    package init?(rawValue: String) {
        do { try self.init(rawValue) } catch { return nil }
    }
}
