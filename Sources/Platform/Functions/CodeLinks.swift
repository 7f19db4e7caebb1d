import Core
import Vault

/// Makes and checks the links under which a function's or a layer's zip can be fetched for ten minutes.
///
/// Like the presigned links of AWS they need no other credentials. The key lives as long as the process: a restart
/// makes older links void.
package struct CodeLinks: Sendable {
    /// What a link gives.
    package enum Target: Hashable, Sendable {
        case function(FunctionName, VersionNumber)
        case layer(LayerName, Int)
    }

    /// A link that was checked.
    package struct Ticket: Hashable, Sendable {
        package let account: AccountID
        package let target: Target
    }

    /// What the path of every link begins with.
    package static let prefix = "/martlet/code/"

    private static let lifetime: Int64 = 600
    private let key: HMACSHA256

    /// Makes a key.
    package init() {
        var random = SystemRandomNumberGenerator()
        key = HMACSHA256(key: (0..<32).map { _ in random.next() })
    }

    /// Path and query of a link.
    package func link(to target: Target, in account: AccountID, at time: Instant = .now) -> String {
        let expires = time.milliseconds / 1000 + Self.lifetime
        let path = Self.prefix + "\(account)/" + Self.text(target)
        return "\(path)?expires=\(expires)&signature=\(signature(of: path, expires: expires))"
    }

    /// What a link gives; `nil` if it was not made here, was changed, or is too old.
    package func ticket(path: String, query: String, at time: Instant = .now) -> Ticket? {
        var fields: [Substring: Substring] = [:]
        for pair in query.split(separator: "&") {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            fields[parts[0]] = parts.count == 2 ? parts[1] : ""
        }
        guard let given = fields["signature"], let expires = fields["expires"].flatMap({ Int64($0) }),
            ConstantTime.equal(String(given), signature(of: path, expires: expires)),
            expires >= time.milliseconds / 1000
        else { return nil }
        return Self.parse(path)
    }

    private func signature(of path: String, expires: Int64) -> String { key.hex(for: "\(path)\n\(expires)") }

    private static func text(_ target: Target) -> String {
        switch target {
        case .function(let name, .latest): "function/\(name)/latest"
        case .function(let name, .published(let number)): "function/\(name)/\(number)"
        case .layer(let name, let number): "layer/\(name)/\(number)"
        }
    }

    private static func parse(_ path: String) -> Ticket? {
        let parts = path.dropFirst(prefix.count).split(separator: "/").map(String.init)
        guard path.hasPrefix(prefix), parts.count == 4 else { return nil }
        do {
            let account = try AccountID(parts[0])
            switch (parts[1], VersionNumber(parts[3] == "latest" ? "$LATEST" : parts[3])) {
            case ("function", let number?):
                return Ticket(account: account, target: .function(try FunctionName(parts[2]), number))
            case ("layer", .published(let number)?):
                return Ticket(account: account, target: .layer(try LayerName(parts[2]), number))
            default: return nil
            }
        } catch {
            return nil
        }
    }
}

extension Functions {
    /// The zip that a checked link gives.
    package func download(_ ticket: CodeLinks.Ticket) async throws(FunctionError) -> [UInt8] {
        switch ticket.target {
        case .function(let name, let number):
            let qualifier: Qualifier =
                switch number {
                case .latest: .latest
                case .published(let number): .version(number)
                }
            return try await code(of: describe(name, qualifier, in: ticket.account).version)
        case .layer(let name, let number):
            return try await code(of: layer(name, version: number, in: ticket.account))
        }
    }
}
