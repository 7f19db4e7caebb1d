/// The name of a time zone in the IANA database, such as `America/New_York` or `UTC`.
///
/// Safe as a path below the folder of zone files: no dots, and no way up.
package struct ZoneName: Hashable, Sendable, CustomStringConvertible {
    package let text: String

    /// The zone of schedules that name none.
    package static let utc = ZoneName(verified: "UTC")

    /// Takes 1 to 50 characters, as the service models say: letters, digits, `_`, `-`, `+`, and `/` between them.
    package init(_ text: String) throws(ZoneFlaw) {
        let parts = text.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        guard text.utf8.count <= 50, parts.allSatisfy({ !$0.isEmpty && $0.allSatisfy(Self.isAllowed) }) else {
            throw .badName(String(text.prefix(50)))
        }
        self.text = text
    }

    private init(verified text: String) { self.text = text }

    private static func isAllowed(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
        case UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "+"): true
        default: byte.isDigit
        }
    }

    package var description: String { text }
}
