/// A TCP port that something can be connected to: 1 to 65535.
package struct Port: Hashable, Sendable, Comparable, CustomStringConvertible {
    package let number: UInt16

    /// Takes a number in range.
    package init?(_ number: some BinaryInteger) {
        guard let number = UInt16(exactly: number), number > 0 else { return nil }
        self.number = number
    }

    /// Takes decimal digits without a sign or leading zeros.
    package init?(_ text: some StringProtocol) {
        guard (1...5).contains(text.utf8.count), text.utf8.first != UInt8(ascii: "0"),
            text.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let value = Int(text)
        else { return nil }
        self.init(value)
    }

    private init(verified number: UInt16) { self.number = number }

    static let http = Port(verified: 80)
    static let https = Port(verified: 443)

    package var description: String { String(number) }

    /// Orders ports by number.
    package static func < (left: Port, right: Port) -> Bool { left.number < right.number }
}
