import Core

/// An address of an event or of a pattern, as the reference engine reads one.
///
/// More is accepted than elsewhere in the platform, because a rule must match what it matches there: parts of an IPv4
/// address may begin with zeros and stay decimal. An IPv4 address written as an IPv6 one is that IPv4 address.
struct IPAddress: Hashable, Sendable {
    let isIPv4: Bool
    /// 32 bits of an IPv4 address, 128 of an IPv6 one.
    let bits: UInt128

    var width: Int { isIPv4 ? 32 : 128 }

    /// Reads one address; a zone or a prefix is not a part of it.
    init?(_ text: Span<UInt8>) {
        guard text.count >= 2, text.count <= 64 else { return nil }
        if let bits = Self.ipv4(text) {
            self.init(isIPv4: true, bits: bits)
        } else if let bits = Self.ipv6(text) {
            let isMapped = bits >> 32 == 0xFFFF
            self.init(isIPv4: isMapped, bits: isMapped ? bits & 0xFFFF_FFFF : bits)
        } else {
            return nil
        }
    }

    private init(isIPv4: Bool, bits: UInt128) {
        self.isIPv4 = isIPv4
        self.bits = bits
    }

    /// Whether text has the characters of an address, so that one that cannot be read is a mistake in one.
    static func resembles(_ text: [UInt8]) -> Bool {
        let parts = text.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        if parts.count == 4, parts.allSatisfy({ !$0.isEmpty && $0.allSatisfy { $0 &- 0x30 < 10 } }) { return true }
        return text.contains(UInt8(ascii: ":"))
            && text.allSatisfy { $0 == UInt8(ascii: ":") || $0.hexDigitValue != nil }
    }

    private static func ipv4(_ text: Span<UInt8>) -> UInt128? {
        var (address, part, digits, parts) = (UInt128(0), 0, 0, 0)
        for place in 0...text.count {
            if place == text.count || text[place] == UInt8(ascii: ".") {
                guard digits > 0, part <= 255, parts < 4 else { return nil }
                address = address << 8 | UInt128(part)
                (part, digits, parts) = (0, 0, parts + 1)
            } else {
                guard text[place] &- 0x30 < 10, part <= 255 else { return nil }
                part = part * 10 + Int(text[place] &- 0x30)
                digits += 1
            }
        }
        return parts == 4 ? address : nil
    }

    private static func ipv6(_ text: Span<UInt8>) -> UInt128? {
        var (groups, count) = (UInt128(0), 0)
        var gap: (groups: UInt128, count: Int)?
        var place = 0
        if text[0] == UInt8(ascii: ":") {
            guard text[1] == UInt8(ascii: ":") else { return nil }
            gap = (0, 0)
            place = 2
        }
        while place < text.count {
            var (group, digits) = (0, 0)
            while place < text.count, let digit = text[place].hexDigitValue {
                group = group << 4 | Int(digit)
                digits += 1
                guard digits <= 4 else { return nil }
                place += 1
            }
            guard digits > 0, count < 8 else { return nil }
            groups = groups << 16 | UInt128(group)
            count += 1
            guard place < text.count else { break }
            guard text[place] == UInt8(ascii: ":"), place + 1 < text.count else { return nil }
            place += 1
            if text[place] == UInt8(ascii: ":") {
                guard gap == nil else { return nil }
                gap = (groups, count)
                place += 1
            }
        }
        guard let gap else { return count == 8 ? groups : nil }
        guard count < 8 else { return nil }
        let behind = count - gap.count
        let low = behind == 0 ? 0 : groups & (~0 >> UInt128(128 - 16 * behind))
        let high = gap.count == 0 ? 0 : gap.groups << UInt128(128 - 16 * gap.count)
        return high | low
    }
}
