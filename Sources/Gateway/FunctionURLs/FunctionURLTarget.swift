import Core

/// Which function URL a request is for, told by its host or the beginning of its path.
///
/// `ID.lambda-url.REGION.ANYTHING` as on AWS, whatever the domain is; or `/_url/ID/PATH` at any host, for where names do
/// not resolve by themselves.
struct FunctionURLTarget: Sendable {
    static let pathPrefix: StaticString = "/_url/"
    private static let hostLabel: StaticString = ".lambda-url."

    let id: String
    /// What the function sees of the path, as it was sent.
    let path: String
    let domain: String

    /// Looks at a request's head; `nil` where it is for no function URL, which costs next to nothing to see.
    init?(_ head: RequestText, region: Region) {
        if head.part(head.path, hasPrefix: Self.pathPrefix) {
            let rest = head.text(head.path).dropFirst(Self.pathPrefix.utf8CodeUnitCount)
            id = String(rest.prefix { $0 != "/" })
            let path = rest.dropFirst(id.count)
            self.path = path.isEmpty ? "/" : String(path)
        } else {
            guard let host = head.headers.first(where: { head.part($0.name, is: "host") })?.value,
                host.count > FunctionURL.idLength + Self.hostLabel.utf8CodeUnitCount,
                head.part(
                    host.lowerBound + FunctionURL.idLength..<host.lowerBound + FunctionURL.idLength
                        + Self.hostLabel.utf8CodeUnitCount, isAnyCase: Self.hostLabel)
            else { return nil }
            let text = head.text(host).lowercased()
            guard text.dropFirst(FunctionURL.idLength + Self.hostLabel.utf8CodeUnitCount).hasPrefix("\(region).") else {
                return nil
            }
            id = String(text.prefix(FunctionURL.idLength))
            path = head.text(head.path)
        }
        domain = head.header("host") ?? ""
    }

    /// Under which name its function is kept in the front's cache; no target of a request looks like it.
    var cacheName: String { "url \(id)" }

    /// Whether it may be the id of a URL at all.
    var isPossible: Bool { FunctionURL.isID(id) }
}
