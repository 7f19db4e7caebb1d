import Core

/// Percent-encoding as RFC 3986 has it, read strictly: a bad escape or bytes that are not UTF-8 are refused.
enum PercentCoding {
    /// Decodes text; in forms and query strings a plus sign stands for a space.
    static func decode(_ text: some StringProtocol, plusIsSpace: Bool) throws(Malformed) -> String {
        guard text.utf8.contains(where: { $0 == UInt8(ascii: "%") || $0 == UInt8(ascii: "+") }) else {
            return String(text)
        }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.utf8.count)
        var rest = text.utf8.makeIterator()
        while let byte = rest.next() {
            switch byte {
            case UInt8(ascii: "%"):
                guard let high = rest.next()?.hexDigitValue, let low = rest.next()?.hexDigitValue else {
                    throw Malformed("A percent sign is not followed by two hexadecimal digits")
                }
                bytes.append(high << 4 | low)
            case UInt8(ascii: "+") where plusIsSpace: bytes.append(UInt8(ascii: " "))
            default: bytes.append(byte)
            }
        }
        guard let decoded = String(validating: bytes, as: UTF8.self) else {
            throw Malformed("Percent-encoded text is not UTF-8")
        }
        return decoded
    }

    /// Splits a query string or a form into decoded pairs, in order.
    static func pairs(_ text: String) throws(Malformed) -> [(name: String, value: String)] {
        var pairs: [(name: String, value: String)] = []
        // By bytes: an ampersand with an accent is one character, and no ampersand.
        for pair in text.utf8.split(separator: UInt8(ascii: "&")) {
            let sides = pair.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
            let name = try decode(Substring(sides[0]), plusIsSpace: true)
            pairs.append((name, sides.count > 1 ? try decode(Substring(sides[1]), plusIsSpace: true) : ""))
        }
        return pairs
    }
}
