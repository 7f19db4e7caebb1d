import Core

/// The address of an OpenID Connect provider, which is also the issuer of its tokens: `https://` and a host, with or
/// without a port and a path.
package struct ProviderURL: Hashable, Sendable, Codable {
    /// Without the scheme: how ARNs and the keys of conditions name it.
    package let text: String

    /// Takes an address as an operator or a token has it; `nil` for what is none.
    package init?(_ url: String) {
        guard url.utf8.starts(with: "https://".utf8), url.utf8.count <= 255 else { return nil }
        // By bytes: an accent behind the last slash would go with it as one character.
        self.init(bare: String(decoding: url.utf8.dropFirst(8), as: UTF8.self))
    }

    /// Takes an address without its scheme.
    package init?(bare text: String) {
        let host = text.utf8.prefix { $0 != UInt8(ascii: "/") }
        guard !host.isEmpty, text.utf8.count <= 247, text.utf8.allSatisfy(Self.isAllowed),
            host.first.map({ $0 != UInt8(ascii: ":") && $0 != UInt8(ascii: ".") }) == true
        else { return nil }
        self.text = text
    }

    /// With the scheme.
    package var url: String { "https://\(text)" }

    /// Letters, digits and what paths have; no query, no fragment, nothing escaped, nobody's name before the host.
    private static func isAllowed(_ byte: UInt8) -> Bool {
        byte | 0x20 &- 0x61 < 26 || byte &- 0x30 < 10 || "-._~:/".utf8.contains(byte)
    }

    /// Reads an address from a record.
    package init(from decoder: any Decoder) throws {
        text = try decoder.singleValueContainer().decode(String.self)
    }

    /// Writes the address into a record.
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(text)
    }
}
