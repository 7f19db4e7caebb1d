import Core

/// Why a request target cannot be judged.
package enum TargetError: Error, Equatable, Sendable {
    /// `/path`: what is said to a server, not to a proxy.
    case originForm
    case notHTTP
    /// `https://…`: TLS goes through CONNECT, or is made by the host where a rule says so.
    case secureScheme
    case userInfo
    case badPort
    case badHost(HostError)
    case badCharacter
    /// CONNECT without `host:port`.
    case noPort
}

/// Where a request goes, parsed once (RFC 9112 section 3.2, RFC 3986 section 3).
struct RequestTarget: Sendable {
    let host: Host
    /// As it was written; `nil` where it was left to the scheme.
    let port: Port?
    /// Begins with a slash.
    let path: Substring
    /// What follows the question mark; `nil` where there is none.
    let query: Substring?
    /// Host and port as they were written.
    let authority: Substring

    /// Parses the absolute form, `http://host:port/path?query`.
    init(absolute text: String) throws(TargetError) {
        guard text.utf8.first != UInt8(ascii: "/") else { throw .originForm }
        guard text.utf8.allSatisfy({ HTTPCharacter.isVisible($0) && $0 != UInt8(ascii: "#") }) else {
            throw .badCharacter
        }
        guard let colon = text.utf8.firstIndex(of: HTTPCharacter.colon), text[colon...].hasPrefix("://") else {
            throw .notHTTP
        }
        switch text[..<colon].lowercased() {
        case "http": break
        case "https": throw .secureScheme
        default: throw .notHTTP
        }
        let rest = text[text.utf8.index(colon, offsetBy: 3)...]
        let end = rest.utf8.firstIndex { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "?") } ?? rest.endIndex
        authority = rest[..<end]
        (host, port) = try Self.authority(authority)
        let mark = rest.utf8.firstIndex(of: UInt8(ascii: "?")) ?? rest.endIndex
        let path = rest[end..<mark]
        guard !path.utf8.contains(UInt8(ascii: "\\")) else { throw .badCharacter }
        self.path = path.isEmpty ? "/" : path
        query = mark < rest.endIndex ? rest[rest.utf8.index(after: mark)...] : nil
    }

    /// Parses what CONNECT names: `host:port`, both of them.
    init(authority text: String) throws(TargetError) {
        let (host, port) = try Self.authority(text[...])
        guard let port else { throw .noPort }
        self.host = host
        self.port = port
        authority = text[...]
        path = ""
        query = nil
    }

    /// Parses `host` or `host:port`.
    static func authority(_ text: Substring) throws(TargetError) -> (Host, Port?) {
        guard !text.utf8.contains(UInt8(ascii: "@")) else { throw .userInfo }
        let colon: Substring.Index?
        if text.utf8.first == UInt8(ascii: "[") {
            guard let end = text.utf8.firstIndex(of: UInt8(ascii: "]")) else { throw .badHost(.badAddress) }
            let behind = text.utf8.index(after: end)
            guard behind == text.endIndex || text.utf8[behind] == HTTPCharacter.colon else {
                throw .badHost(.badAddress)
            }
            colon = behind == text.endIndex ? nil : behind
        } else {
            colon = text.utf8.firstIndex(of: HTTPCharacter.colon)
        }
        let host: Host
        do throws(HostError) { host = try Host(text[..<(colon ?? text.endIndex)]) } catch { throw .badHost(error) }
        guard let colon else { return (host, nil) }
        guard let port = Port(text[text.utf8.index(after: colon)...]) else { throw .badPort }
        return (host, port)
    }
}
