import Core

/// Why a text is not a host that could be judged.
package enum HostError: Error, Equatable, Sendable {
    case empty
    case tooLong(limit: Int)
    case badLabel
    /// Not ASCII: names of other scripts are sent in their `xn--` form (RFC 5890).
    case notASCII
    case badCharacter(UInt8)
    /// A number that some would read as an address and others as a name: `127.1`, `0x7f.1`, `2130706433`, `010.0.0.1`.
    case oddAddress
    /// `[…]` around something else than an IPv6 address, or one with a zone.
    case badAddress
}

/// Who is meant by the host of a target: a name or an address, in the one spelling that rules are looked up by.
package enum Host: Hashable, Sendable {
    case name(HostName)
    case address(IPAddress)

    /// Parses the host of a URL or of CONNECT: a name, dotted decimal, or IPv6 in brackets (RFC 3986 section 3.2.2).
    package init(_ text: some StringProtocol) throws(HostError) {
        guard text.utf8.first != UInt8(ascii: "[") else {
            guard text.hasSuffix("]"), text.utf8.count > 2,
                let address = IPAddressParser.v6(text.dropFirst().dropLast())
            else { throw .badAddress }
            self = .address(address)
            return
        }
        let name = try HostName(text)
        guard name.endsInNumber else {
            self = .name(name)
            return
        }
        // Only the text itself counts, not what is left of it without a trailing dot.
        guard let address = IPAddressParser.v4(text) else { throw .oddAddress }
        self = .address(address)
    }

    /// The text for a `Host` header or a URL.
    package var text: String {
        switch self {
        case .name(let name): name.text
        case .address(.v4(let value)): "\(IPAddress.v4(value))"
        case .address(.v6(let value)): "[\(IPAddress.v6(value))]"
        }
    }
}

/// A domain name in lower case, without a trailing dot (RFC 1123 section 2.1; underscores occur in practice).
package struct HostName: Hashable, Sendable, CustomStringConvertible {
    package let text: String

    private static let limit = 253

    /// Parses a name of labels of letters, digits, dashes and underscores.
    package init(_ text: some StringProtocol) throws(HostError) {
        var bytes = Array(text.utf8)
        guard !bytes.isEmpty else { throw .empty }
        if bytes.last == UInt8(ascii: ".") { bytes.removeLast() }
        guard bytes.count <= Self.limit else { throw .tooLong(limit: Self.limit) }
        var length = 0
        for index in bytes.indices {
            switch bytes[index] {
            case UInt8(ascii: "."):
                guard length > 0, bytes[index - 1] != UInt8(ascii: "-") else { throw .badLabel }
                length = 0
                continue
            case UInt8(ascii: "A")...UInt8(ascii: "Z"): bytes[index] |= 0x20
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"): break
            case UInt8(ascii: "-"): guard length > 0 else { throw .badLabel }
            case 0x80...: throw .notASCII
            default: throw .badCharacter(bytes[index])
            }
            length += 1
            guard length <= 63 else { throw .badLabel }
        }
        guard length > 0, bytes.last != UInt8(ascii: "-") else { throw .badLabel }
        self.text = String(decoding: bytes, as: UTF8.self)
    }

    /// Whether the last label is a number in some notation, so that lenient readers take the whole for an IPv4 address.
    ///
    /// Source: the WHATWG URL standard, "ends in a number checker".
    var endsInNumber: Bool {
        let dot = text.utf8.lastIndex(of: UInt8(ascii: "."))
        let label = text.utf8[(dot.map(text.utf8.index(after:)) ?? text.utf8.startIndex)...]
        if label.allSatisfy({ (0x30...0x39).contains($0) }) { return true }
        return label.starts(with: "0x".utf8)
            && label.dropFirst(2).allSatisfy { $0.hexDigitValue != nil }
    }

    /// The name without its first label; `nil` where only one is left.
    var parent: Substring? { Self.parent(of: text[...]) }

    /// A name without its first label.
    static func parent(of name: Substring) -> Substring? {
        name.utf8.firstIndex(of: UInt8(ascii: ".")).map { name[name.utf8.index(after: $0)...] }
    }

    package var description: String { text }
}
