/// What an address is for, as far as letting a function connect to it goes.
///
/// Sources: RFC 6890 and the IANA special-purpose address registries for IPv4 and IPv6 that it founded.
package enum AddressKind: String, Sendable {
    /// On the public Internet.
    case global
    /// RFC 1918.
    case privateUse = "private"
    /// RFC 1122 section 3.2.1.3, RFC 4291 section 2.5.3.
    case loopback
    /// RFC 3927, RFC 4291 section 2.5.6.
    case linkLocal = "link-local"
    /// RFC 4193, and the site-local addresses that it replaced (RFC 3879).
    case uniqueLocal = "unique-local"
    /// RFC 6598: between a provider and its customers.
    case shared
    /// RFC 5771, RFC 4291 section 2.7.
    case multicast
    /// RFC 919.
    case broadcast
    /// RFC 1122 section 3.2.1.3 ("this network"), RFC 4291 section 2.5.2.
    case unspecified
    /// RFC 5737, RFC 3849, RFC 9637.
    case documentation
    /// RFC 2544, RFC 5180.
    case benchmarking
    /// Where clouds serve credentials and the configuration of the machine.
    case metadata
    /// Everything else that is not given out for use on the Internet.
    case reserved

    /// Whether a permission must name this one address: a block that happens to hold it is not enough.
    var mustBeNamedExactly: Bool {
        switch self {
        case .metadata, .unspecified, .multicast, .broadcast: true
        case .global, .privateUse, .loopback, .linkLocal, .uniqueLocal, .shared, .documentation, .benchmarking,
            .reserved:
            false
        }
    }
}

extension IPAddress {
    /// What this address is for; an IPv4 address inside an IPv6 one decides where the outer one would be public.
    package var kind: AddressKind {
        switch self {
        case .v4(let value): Self.kind(value)
        case .v6(let value): Self.kind(value)
        }
    }

    private static func kind(_ address: UInt32) -> AddressKind {
        if metadata4.contains(address) { return .metadata }
        if address == .max { return .broadcast }
        return table4.first { address >> $0.shift == $0.prefix }?.kind ?? .global
    }

    private static func kind(_ address: UInt128) -> AddressKind {
        if metadata6.contains(address) { return .metadata }
        if let embedded = embedded(in: address) {
            let inner = kind(embedded)
            if inner != .global { return inner }
        }
        if let kind = table6.first(where: { address >> $0.shift == $0.prefix })?.kind { return kind }
        // RFC 4291 section 2.4: only 2000::/3 is given out so far.
        return address >> 125 == 1 ? .global : .reserved
    }

    /// The IPv4 address that a translator, tunnel or old stack would reach for an IPv6 one.
    private static func embedded(in address: UInt128) -> UInt32? {
        let low = UInt32(truncatingIfNeeded: address)
        switch address {
        // IPv4-compatible (RFC 4291 section 2.5.5.1); `::` and `::1` are IPv6's own.
        case 2...0xFFFF_FFFF: return low
        // IPv4-translated `::ffff:0:a.b.c.d` (RFC 2765 section 2.1).
        case let value where value >> 32 == 0xFFFF_0000: return low
        // NAT64 `64:ff9b::/96` (RFC 6052 section 2.1).
        case let value where value >> 32 == 0x0064_FF9B << 64: return low
        // 6to4 `2002:a.b.c.d::/48` (RFC 3056 section 2).
        case let value where value >> 112 == 0x2002: return UInt32(truncatingIfNeeded: value >> 80)
        // Teredo `2001::/32`: the client's address with all bits turned over (RFC 4380 section 4).
        case let value where value >> 96 == 0x2001_0000: return ~low
        // ISATAP `…:0:5efe:a.b.c.d` and `…:200:5efe:a.b.c.d` (RFC 5214 section 6.1).
        case let value where [0x5EFE, 0x0200_5EFE].contains(UInt32(truncatingIfNeeded: value >> 32)): return low
        default: return nil
        }
    }

    /// Amazon and most others, the containers of Amazon, Oracle, Azure's host, Alibaba.
    private static let metadata4: Set<UInt32> = [
        0xA9FE_A9FE, 0xA9FE_AA02, 0xA9FE_AA17, 0xC000_00C0, 0xA83F_8110, 0x6464_64C8,
    ]
    /// `fd00:ec2::254`, `fd00:ec2::23` of Amazon, `fd20:ce::254` of Google, `fd00:42::42` of Scaleway and
    /// `fe80::a9fe:a9fe` of OpenStack.
    private static let metadata6: Set<UInt128> = [
        0xFD00_0EC2 << 96 | 0x254, 0xFD00_0EC2 << 96 | 0x23, 0xFD20_00CE << 96 | 0x254, 0xFD00_0042 << 96 | 0x42,
        0xFE80 << 112 | 0xA9FE_A9FE,
    ]

    private struct Block<Number: FixedWidthInteger & Sendable>: Sendable {
        let prefix: Number
        let shift: Number
        let kind: AddressKind

        init(_ prefix: Number, _ length: Number, _ kind: AddressKind) {
            self.prefix = prefix
            shift = Number(Number.bitWidth) - length
            self.kind = kind
        }
    }

    private static let table4: [Block<UInt32>] = [
        Block(0, 8, .unspecified), Block(10, 8, .privateUse), Block(0x0191, 10, .shared), Block(127, 8, .loopback),
        Block(0xA9FE, 16, .linkLocal), Block(0xAC1, 12, .privateUse), Block(0xC0_0000, 24, .reserved),
        Block(0xC0_0002, 24, .documentation), Block(0xC0_5863, 24, .reserved), Block(0xC0A8, 16, .privateUse),
        Block(0x6309, 15, .benchmarking), Block(0xC6_3364, 24, .documentation), Block(0xCB_0071, 24, .documentation),
        Block(0xE, 4, .multicast), Block(0xF, 4, .reserved),
    ]
    private static let table6: [Block<UInt128>] = [
        Block(0, 128, .unspecified), Block(1, 128, .loopback), Block(0x7E, 7, .uniqueLocal),
        Block(0x3FA, 10, .linkLocal), Block(0x3FB, 10, .uniqueLocal), Block(0xFF, 8, .multicast),
        Block(0x2001_0DB8, 32, .documentation), Block(0x3FFF0, 20, .documentation),
        Block(0x2001_0002_0000, 48, .benchmarking), Block(0x2001_0000, 32, .global),
        // RFC 2928: the rest of what IETF protocols have; RFC 6052: NAT64 to what is public.
        Block(0x100080, 23, .reserved), Block(0x0064_FF9B << 64, 96, .global),
    ]
}
