/// The name of a schedule or of a group of schedules: 1 to 64 letters, digits and `-_.`.
package struct ScheduleName: Hashable, Sendable, CustomStringConvertible {
    package let text: String

    /// The group of schedules that name none.
    package static let defaultGroup = ScheduleName(verified: "default")

    /// Takes a bare name, not an ARN.
    package init(_ text: String) throws(NameError) {
        try text.requireName(1...64, extra: "-_.")
        self.text = text
    }

    /// The name of a rule is one of a schedule too.
    package init(_ name: RuleName) { text = name.text }

    private init(verified text: String) { self.text = text }

    package var description: String { text }
}
