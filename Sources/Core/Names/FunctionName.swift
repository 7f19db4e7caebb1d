/// The name of a function in its account: 1 to 64 letters, digits, dashes and underscores.
package struct FunctionName: Hashable, Sendable, Comparable, CustomStringConvertible {
    package let text: String

    /// Takes a bare name, not an ARN.
    package init(_ text: String) throws(NameError) {
        try text.requireName(1...64, extra: "-_")
        self.text = text
    }

    package var description: String { text }

    /// Orders names by their bytes, as lists show them.
    package static func < (left: FunctionName, right: FunctionName) -> Bool { left.text < right.text }
}
