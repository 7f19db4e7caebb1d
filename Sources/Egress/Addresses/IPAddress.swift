import NIOCore

/// An IPv4 or IPv6 address as a number: what is judged, and what is connected to.
///
/// An IPv4-mapped IPv6 address (`::ffff:a.b.c.d`) never is one of these: it becomes the IPv4 address that it stands for.
package enum IPAddress: Hashable, Sendable {
    case v4(UInt32)
    case v6(UInt128)

    /// Takes 4 or 16 bytes in network order; `nil` for any other count.
    package init?(bytes: some Collection<UInt8>) {
        switch bytes.count {
        case 4: self = .v4(bytes.reduce(0) { $0 << 8 | UInt32($1) })
        case 16: self.init(sixteen: bytes.reduce(0) { $0 << 8 | UInt128($1) })
        default: return nil
        }
    }

    /// Takes the number of an IPv6 address; a mapped one becomes IPv4 (RFC 4291 section 2.5.5.2).
    package init(sixteen value: UInt128) {
        self = value >> 32 == 0xFFFF ? .v4(UInt32(truncatingIfNeeded: value)) : .v6(value)
    }

    /// How many bits an address of this family has.
    var width: Int {
        switch self {
        case .v4: 32
        case .v6: 128
        }
    }

    /// The address as a number, whatever its family.
    var number: UInt128 {
        switch self {
        case .v4(let value): UInt128(value)
        case .v6(let value): value
        }
    }

    /// Where a connection to this very address goes: no name is looked up again.
    func socketAddress(port: Port) throws -> SocketAddress {
        var bytes = ByteBuffer()
        switch self {
        case .v4(let value): bytes.writeInteger(value)
        case .v6(let value): bytes.writeInteger(value)
        }
        return try SocketAddress(packedIPAddress: bytes, port: Int(port.number))
    }
}

extension IPAddress: CustomStringConvertible {
    /// Dotted decimal, or the compressed text of RFC 5952 section 4.
    package var description: String {
        switch self {
        case .v4(let value): (0..<4).map { String(value >> UInt32(24 - 8 * $0) & 255) }.joined(separator: ".")
        case .v6(let value): Self.text((0..<8).map { UInt16(truncatingIfNeeded: value >> UInt128(112 - 16 * $0)) })
        }
    }

    private static func text(_ groups: [UInt16]) -> String {
        var longest = 0..<0
        var start = 0
        while start < groups.count {
            var end = start
            while end < groups.count, groups[end] == 0 { end += 1 }
            if end - start > max(1, longest.count) { longest = start..<end }
            start = max(end, start + 1)
        }
        let texts = groups.map { String($0, radix: 16) }
        guard !longest.isEmpty else { return texts.joined(separator: ":") }
        return texts[..<longest.lowerBound].joined(separator: ":") + "::"
            + texts[longest.upperBound...].joined(separator: ":")
    }
}
