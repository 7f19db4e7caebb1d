/// The server that takes mail and sees to its way: named by who runs the host process.
package struct MailRelay: Hashable, Sendable {
    /// How what is said is kept from others.
    package enum Security: String, Hashable, Sendable, CaseIterable {
        /// The connection begins in the clear and is secured before anything is said; without that nothing is.
        case startTLS = "starttls"
        /// TLS from the first byte (RFC 8314).
        case tls
        /// In the clear: for a relay on the same machine, and for no other.
        case none
    }

    /// Why a relay is none.
    package enum Flaw: Error, Equatable, Sendable {
        case target
        /// Only what lies on this machine is spoken to in the clear.
        case clearText
    }

    /// The port of mail submission with TLS from the first byte.
    private static let securePort = 465

    package let host: Host
    package let port: Port
    package let security: Security

    /// Takes `host:port`; TLS from the first byte on port 465 and STARTTLS on others, where nothing is said.
    package init(_ text: String, security: Security?) throws(Flaw) {
        guard let target = try? RequestTarget(authority: text), let port = target.port else { throw .target }
        let chosen = security ?? (port.number == Self.securePort ? .tls : .startTLS)
        if chosen == .none {
            guard let loopback = Self.loopback(target.host) else { throw .clearText }
            host = .address(loopback)
        } else {
            host = target.host
        }
        self.port = port
        self.security = chosen
    }

    /// The address of this machine that a host is; what `localhost` means is not left to a name server.
    private static func loopback(_ host: Host) -> IPAddress? {
        switch host {
        case .address(let address): address.kind == .loopback ? address : nil
        case .name(let name): name.text == "localhost" ? .v4(0x7F00_0001) : nil
        }
    }

    /// `host:port`.
    package var text: String { "\(host.text):\(port)" }
}

/// What a relay knows its clients by.
package struct MailLogin: Sendable {
    /// Bytes of either.
    package static let limit = 512

    package let user: String
    package let password: [UInt8]

    /// Takes both; `nil` where one is too long, empty, or holds a zero byte, which ends it for the relay.
    package init?(user: String, password: [UInt8]) {
        guard (1...Self.limit).contains(user.utf8.count), (1...Self.limit).contains(password.count),
            !user.utf8.contains(0), !password.contains(0)
        else { return nil }
        self.user = user
        self.password = password
    }
}
