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

    /// Parses the absolute form, `http://host:port/path?query`; host and port are `other`'s where they are written alike.
    init(absolute text: String, like other: RequestTarget? = nil) throws(TargetError) {
        let bytes = text.utf8.span
        guard bytes.isEmpty || bytes[0] != UInt8(ascii: "/") else { throw .originForm }
        for index in bytes.indices where !HTTPCharacter.isVisible(bytes[index]) || bytes[index] == UInt8(ascii: "#") {
            throw .badCharacter
        }
        let start = try Self.schemeEnd(bytes)
        var end = start
        while end < bytes.count, bytes[end] != UInt8(ascii: "/"), bytes[end] != Self.mark { end += 1 }
        var pathEnd = end
        while pathEnd < bytes.count, bytes[pathEnd] != Self.mark { pathEnd += 1 }
        func part(_ range: Range<Int>) -> Substring {
            let first = text.utf8.index(text.startIndex, offsetBy: range.lowerBound)
            return text[first..<text.utf8.index(first, offsetBy: range.count)]
        }
        authority = part(start..<end)
        if let other, other.authority == authority {
            (host, port) = (other.host, other.port)
        } else {
            (host, port) = try Self.authority(authority)
        }
        for index in end..<pathEnd where bytes[index] == UInt8(ascii: "\\") { throw .badCharacter }
        path = end < pathEnd ? part(end..<pathEnd) : "/"
        query = pathEnd < bytes.count ? part(pathEnd + 1..<bytes.count) : nil
    }

    private static let mark = UInt8(ascii: "?")
    private static let (plain, secure) = (Array("http://".utf8), Array("https://".utf8))

    /// Where what follows `http://` begins.
    private static func schemeEnd(_ text: Span<UInt8>) throws(TargetError) -> Int {
        if hasPrefix(text, plain.span) { return plain.count }
        throw hasPrefix(text, secure.span) ? .secureScheme : .notHTTP
    }

    private static func hasPrefix(_ text: Span<UInt8>, _ prefix: Span<UInt8>) -> Bool {
        guard text.count >= prefix.count else { return false }
        for index in prefix.indices where HTTPCharacter.lowercased(text[index]) != prefix[index] { return false }
        return true
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
