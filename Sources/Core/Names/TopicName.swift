/// The name of a topic in its account: 1 to 256 letters, digits, dashes and underscores; a FIFO topic's ends with `.fifo`.
package struct TopicName: Hashable, Sendable, Comparable, CustomStringConvertible {
    private static let suffix = ".fifo"

    package let text: String

    /// Takes a bare name, not an ARN.
    package init(_ text: String) throws(NameError) {
        guard text.utf8.count <= 256 else { throw .badLength(minimum: 1, maximum: 256) }
        let stem = text.hasSuffix(Self.suffix) ? String(text.dropLast(Self.suffix.count)) : text
        try stem.requireName(1...256, extra: "-_")
        self.text = text
    }

    /// Whether the name says that messages keep their order.
    package var isFIFO: Bool { text.hasSuffix(Self.suffix) }

    package var description: String { text }

    /// Orders names by their bytes, as lists show them.
    package static func < (left: TopicName, right: TopicName) -> Bool { left.text < right.text }
}
