import Core

/// A range of IP addresses in CIDR notation, such as `203.0.113.0/24` or `2001:db8::/32`; one address without a prefix.
///
/// An IPv4 address written as an IPv6 one (`::ffff:203.0.113.7`) is that IPv4 address, because sockets of both kinds
/// show their peers so.
struct AddressRange: Hashable, Sendable {
    private let bits: UInt128
    /// How many of the 128 bits are the network's.
    private let prefix: Int

    /// The first bits of every IPv4 address, mapped into IPv6.
    private static let mapped: UInt128 = 0xFFFF_0000_0000

    /// Reads a range.
    init?(_ text: String) {
        let bytes = text.utf8.span
        guard bytes.count <= 49 else { return nil }
        var end = 0
        var isIPv6 = false
        while end < bytes.count, bytes[end] != UInt8(ascii: "/") {
            if bytes[end] == UInt8(ascii: ":") { isIPv6 = true }
            end += 1
        }
        let width = isIPv6 ? 128 : 32
        var prefix = width
        if end < bytes.count {
            guard let value = Self.decimal(bytes, end + 1, bytes.count, upTo: width) else { return nil }
            prefix = value
        }
        guard let bits = isIPv6 ? Self.ipv6(bytes, end) : Self.ipv4(bytes, 0, end).map({ Self.mapped | $0 }) else {
            return nil
        }
        self.prefix = prefix + 128 - width
        self.bits = bits & Self.mask(self.prefix)
    }

    /// Whether the whole of another range, or one address, lies in this one, and both are of the same kind.
    func contains(_ other: AddressRange) -> Bool {
        other.prefix >= prefix && isIPv4 == other.isIPv4 && other.bits & Self.mask(prefix) == bits
    }

    private var isIPv4: Bool { prefix >= 96 && bits >> 32 == Self.mapped >> 32 }

    /// An address in the order of ranges: all of IPv4 before all of IPv6.
    struct Address: Comparable, Sendable {
        private let isIPv6: Bool
        private let bits: UInt128

        fileprivate init(isIPv6: Bool, _ bits: UInt128) {
            self.isIPv6 = isIPv6
            self.bits = bits
        }

        static func < (left: Address, right: Address) -> Bool {
            left.isIPv6 == right.isIPv6 ? left.bits < right.bits : right.isIPv6
        }
    }

    /// The range's first address, and its last.
    var first: Address { Address(isIPv6: !isIPv4, bits) }
    var last: Address { Address(isIPv6: !isIPv4, bits | ~Self.mask(prefix)) }

    /// The address, if it is only one.
    var single: Address? { prefix == 128 ? first : nil }

    private static func mask(_ bits: Int) -> UInt128 { ~0 << (128 - bits) }

    /// Four decimal numbers; none begins with a zero, because some readers would take it for octal.
    private static func ipv4(_ bytes: Span<UInt8>, _ start: Int, _ end: Int) -> UInt128? {
        var address: UInt128 = 0
        var start = start
        for part in 0..<4 {
            var place = start
            while place < end, bytes[place] != UInt8(ascii: ".") { place += 1 }
            guard part == 3 ? place == end : place < end, let value = decimal(bytes, start, place, upTo: 255) else {
                return nil
            }
            address = address << 8 | UInt128(value)
            start = place + 1
        }
        return address
    }

    /// Eight groups of up to four hexadecimal digits, of which `::` leaves some out, and the last two may be IPv4.
    private static func ipv6(_ bytes: Span<UInt8>, _ end: Int) -> UInt128? {
        // What stands before the gap, once it was met, and what was read since.
        var before: (groups: UInt128, count: Int)?
        var (groups, count) = (UInt128(0), 0)
        var place = 0
        if end >= 2, bytes[0] == UInt8(ascii: ":"), bytes[1] == UInt8(ascii: ":") {
            before = (0, 0)
            place = 2
        }
        while place < end || before == nil {
            guard count < 8, let (group, next) = group(bytes, place, end) else { return nil }
            if next < end, bytes[next] == UInt8(ascii: ".") {
                guard let address = ipv4(bytes, place, end) else { return nil }
                groups = groups << 32 | address
                count += 2
                break
            }
            groups = groups << 16 | group
            count += 1
            if next == end { break }
            guard bytes[next] == UInt8(ascii: ":"), next + 1 < end else { return nil }
            place = next + 1
            if bytes[place] == UInt8(ascii: ":") {
                guard before == nil else { return nil }
                before = (groups, count)
                (groups, count) = (0, 0)
                place += 1
            }
        }
        guard let before else { return count == 8 ? groups : nil }
        guard before.count + count < 8 else { return nil }
        return before.groups << UInt128(16 * (8 - before.count)) | groups
    }

    /// One group of an IPv6 address, and where it ends.
    private static func group(_ bytes: Span<UInt8>, _ start: Int, _ end: Int) -> (UInt128, next: Int)? {
        var place = start
        var group: UInt128 = 0
        while place < end, place < start + 4, let digit = bytes[place].hexDigitValue {
            group = group << 4 | UInt128(digit)
            place += 1
        }
        return place > start ? (group, place) : nil
    }

    private static func decimal(_ bytes: Span<UInt8>, _ start: Int, _ end: Int, upTo limit: Int) -> Int? {
        guard (1...3).contains(end - start), end - start == 1 || bytes[start] != 0x30 else { return nil }
        var value = 0
        for place in start..<end {
            guard bytes[place] &- 0x30 < 10 else { return nil }
            value = value * 10 + Int(bytes[place] - 0x30)
        }
        return value <= limit ? value : nil
    }
}
