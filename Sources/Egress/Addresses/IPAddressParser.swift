import Core

/// Reads the text of an address, in the one spelling that everybody reads alike.
///
/// The C library would also take `127.1`, `0x7f.1`, `017700000001`, `2130706433` and `fe80::1%eth0`; none of it is taken here.
enum IPAddressParser {
    /// `a.b.c.d` of four decimal numbers without leading zeros (RFC 3986 section 3.2.2, `IPv4address`).
    static func v4(_ text: some StringProtocol) -> IPAddress? {
        let parts = text.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard parts.count == 4 else { return nil }
        var value: UInt32 = 0
        for part in parts {
            guard (1...3).contains(part.count), part.count == 1 || part.first != UInt8(ascii: "0") else { return nil }
            var octet: UInt32 = 0
            for byte in part {
                guard (0x30...0x39).contains(byte) else { return nil }
                octet = octet * 10 + UInt32(byte - 0x30)
            }
            guard octet <= 255 else { return nil }
            value = value << 8 | octet
        }
        return .v4(value)
    }

    /// Eight groups, one run of which may be `::`, the last two possibly as IPv4 (RFC 4291 section 2.2); no zone.
    static func v6(_ text: some StringProtocol) -> IPAddress? {
        let text = String(text)
        guard (2...45).contains(text.utf8.count) else { return nil }
        guard let gap = place(of: "::", in: text) else {
            guard let groups = groups(text[...]), groups.count == 8 else { return nil }
            return address(groups)
        }
        let before = text[..<gap.lowerBound]
        let after = text[gap.upperBound...]
        guard !after.hasPrefix(":"), place(of: "::", in: String(after)) == nil,
            let head = before.isEmpty ? [] : groups(before), let tail = after.isEmpty ? [] : groups(after),
            head.count + tail.count <= 7, !before.contains(".")
        else { return nil }
        return address(head + Array(repeating: 0, count: 8 - head.count - tail.count) + tail)
    }

    private static func place(of pattern: String, in text: String) -> Range<String.Index>? {
        var index = text.startIndex
        while index < text.endIndex {
            if text[index...].hasPrefix(pattern) { return index..<text.index(index, offsetBy: pattern.count) }
            index = text.index(after: index)
        }
        return nil
    }

    private static func groups(_ text: Substring) -> [UInt16]? {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        var groups: [UInt16] = []
        for (place, part) in parts.enumerated() {
            if place == parts.count - 1, part.contains("."), case .v4(let value)? = v4(part) {
                groups += [UInt16(value >> 16), UInt16(truncatingIfNeeded: value)]
            } else {
                guard let group = group(part) else { return nil }
                groups.append(group)
            }
        }
        return groups.count <= 8 ? groups : nil
    }

    private static func group(_ text: Substring) -> UInt16? {
        guard (1...4).contains(text.utf8.count), text.utf8.allSatisfy({ $0.hexDigitValue != nil }) else { return nil }
        return UInt16(text, radix: 16)
    }

    private static func address(_ groups: [UInt16]) -> IPAddress {
        IPAddress(sixteen: groups.reduce(0) { $0 << 16 | UInt128($1) })
    }
}
