/// The twelve digits that name an account; every record, key and log belongs to one.
package struct AccountID: Hashable, Sendable, CustomStringConvertible {
    package let text: String

    /// The account of a server that was not told another.
    package static let standard = AccountID(verified: "000000000000")

    /// Takes twelve digits and nothing else.
    package init(_ text: String) throws(NameError) {
        guard text.utf8.count == 12 else { throw .badLength(minimum: 12, maximum: 12) }
        // Not by a range of characters: "0" with an accent lies between "0" and "9".
        try text.requireCharacters { $0.isASCII && $0.isNumber }
        self.text = text
    }

    private init(verified text: String) { self.text = text }

    package var description: String { text }
}
