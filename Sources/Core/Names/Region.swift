/// The region a server says it is in; part of every ARN and of every signature's scope.
package struct Region: Hashable, Sendable, CustomStringConvertible {
    package let text: String

    /// The region of a server that was not told another: one that every client knows without being told to skip its check.
    package static let standard = Region(verified: "us-east-1")

    /// Takes lower-case letters, digits and dashes, 1 to 64 of them.
    package init(_ text: String) throws(NameError) {
        try text.requireName(1...64, extra: "-")
        self.text = text
    }

    private init(verified text: String) { self.text = text }

    package var description: String { text }
}
