import Core

/// The address of something on the web that the host process calls itself: `https://host:port/path?query`.
package struct WebAddress: Hashable, Sendable {
    private static let limit = 2048

    package let isSecure: Bool
    package let host: Host
    package let port: Port
    /// Begins with a slash; with the query, if there is one.
    package let path: String

    /// Parses an absolute URL without user, password and fragment; `nil` for anything else.
    package init?(_ text: String) {
        guard text.utf8.count <= Self.limit else { return nil }
        isSecure = text.hasPrefix("https://")
        guard isSecure || text.hasPrefix("http://") else { return nil }
        let plain = isSecure ? "http://" + text.dropFirst(8) : text
        // Whatever cannot be called is no address.
        guard let target = try? RequestTarget(absolute: plain) else { return nil }
        host = target.host
        port = target.port ?? (isSecure ? .https : .http)
        path = target.path + (target.query.map { "?\($0)" } ?? "")
    }

    /// The URL as plain HTTP has it, with its port.
    var plainText: String { "http://\(host.text):\(port)\(path)" }
}
