/// Whether a certificate is for a host (RFC 9525 section 6.3 and 6.4): only its subject alternative names count.
enum CertificateName {
    /// A name of the certificate, of the two kinds that we understand.
    enum Entry: Equatable, Sendable {
        case name([UInt8])
        case address([UInt8])
    }

    /// A host that is a name needs its name, and one that is an address its address: neither stands for the other.
    static func matches(_ host: Host, _ entries: [Entry]) -> Bool {
        entries.contains { entry in
            switch (host, entry) {
            case (.name(let name), .name(let bytes)): matches(name, bytes)
            case (.address(let address), .address(let bytes)): IPAddress(bytes: bytes) == address
            case (.name, .address), (.address, .name): false
            }
        }
    }

    /// A star stands for exactly one whole label, the first one, below a domain of at least two.
    private static func matches(_ name: HostName, _ bytes: [UInt8]) -> Bool {
        let text = String(decoding: bytes, as: UTF8.self)
        // What is no name matches none.
        guard text.hasPrefix("*.") else { return (try? HostName(text)) == name }
        guard let pattern = try? HostName(text.dropFirst(2)), pattern.parent != nil, let parent = name.parent else {
            return false
        }
        return parent == pattern.text
    }
}
