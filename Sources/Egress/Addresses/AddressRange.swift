/// A block of addresses in CIDR notation (RFC 4632), or a single address.
package struct AddressRange: Hashable, Sendable, CustomStringConvertible {
    package let first: IPAddress
    package let prefixLength: Int

    /// Takes a single address.
    package init(_ address: IPAddress) {
        first = address
        prefixLength = address.width
    }

    /// Takes the first address of a block and the length of its prefix.
    init(_ first: IPAddress, length: Int) {
        self.first = first
        prefixLength = length
    }

    /// Takes `10.0.0.0/8`, `fd00::/8` or a bare address; bits behind the prefix must be zero, so that nobody misreads it.
    package init?(_ text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard (1...2).contains(parts.count), let address = IPAddressParser.v4(parts[0]) ?? IPAddressParser.v6(parts[0])
        else { return nil }
        self.init(address, lengthText: parts.count == 2 ? parts[1] : nil)
    }

    private init?(_ address: IPAddress, lengthText: Substring?) {
        guard let lengthText else {
            self.init(address)
            return
        }
        guard (1...3).contains(lengthText.utf8.count), lengthText.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
            let length = Int(lengthText), String(length) == lengthText, length <= address.width
        else { return nil }
        guard Self.masked(address, to: length) == address else { return nil }
        self.init(address, length: length)
    }

    /// Whether it holds exactly one address.
    package var isSingle: Bool { prefixLength == first.width }

    /// Whether an address of the same family lies in the block.
    package func contains(_ address: IPAddress) -> Bool {
        address.width == first.width && Self.masked(address, to: prefixLength) == first
    }

    /// The first address of the block of this length that holds an address.
    static func masked(_ address: IPAddress, to length: Int) -> IPAddress {
        switch address {
        case .v4(let value): .v4(length == 0 ? 0 : value & ~0 << UInt32(32 - length))
        case .v6(let value): .v6(length == 0 ? 0 : value & ~0 << UInt128(128 - length))
        }
    }

    package var description: String { isSingle ? "\(first)" : "\(first)/\(prefixLength)" }
}
