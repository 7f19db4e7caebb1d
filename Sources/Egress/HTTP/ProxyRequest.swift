import Core

/// Why a request is refused before anybody's rules are asked.
package enum RequestFault: Error, Equatable, Sendable {
    case syntax(HTTPSyntaxError)
    case target(TargetError)
    /// A `Host` field that names another host than the target.
    case hostDiffers
    case method(String)
    case expectation
    case bodyInConnect
}

/// A request as a proxy gets it: with a target that names a host, and a framing that allows one reading only.
final class ProxyRequest: Sendable {
    /// What is asked for.
    enum Kind: Sendable {
        case forward(RequestTarget)
        case tunnel(Host, Port)
    }

    let head: MessageHead
    let fields: ConnectionFields
    let method: String
    let kind: Kind
    let framing: BodyFraming
    let isOld: Bool
    /// Whether the connection is good for another request.
    let keepsAlive: Bool

    /// Reads a head; `last` is the request before it on the same connection, which often goes to the same place.
    init(_ head: MessageHead, after last: ProxyRequest? = nil) throws(RequestFault) {
        self.head = head
        let line = try Self.startLine(head)
        isOld = line.isOld
        method = head.text(line.method)
        do throws(HTTPSyntaxError) {
            fields = try ConnectionFields(of: head)
            guard fields.hosts == 1 || (isOld && fields.hosts == 0) else { throw .host }
            framing = try BodyFraming(ofRequest: fields, isOld: isOld)
        } catch {
            throw .syntax(error)
        }
        keepsAlive = isOld ? fields.keeps && !fields.closes : !fields.closes
        guard !fields.expectsOther else { throw .expectation }
        do throws(TargetError) {
            kind = try Self.kind(method, head.text(line.target), after: last)
        } catch {
            throw .target(error)
        }
        try checkHost()
        if case .tunnel = kind, framing != .none { throw .bodyInConnect }
        // What repeats its request in its answer would show the secrets in it (RFC 9110 section 9.3.8).
        // Methods are case-sensitive, but not to every server; `TRACK` is what one of them calls `TRACE`.
        guard !head.part(line.method, isAnyCase: "trace"), !head.part(line.method, isAnyCase: "track") else {
            throw .method(method)
        }
    }

    private var target: RequestTarget? { if case .forward(let target) = kind { target } else { nil } }

    /// Whether the client asks for WebSocket, the only other protocol that is let through (RFC 6455 section 4.1).
    var upgradesToWebSocket: Bool {
        guard let upgrade = fields.upgrade else { return false }
        return !isOld && fields.upgrades && method == "GET" && framing == .none
            && head.part(upgrade, isAnyCase: "websocket")
    }

    private static func kind(
        _ method: String, _ target: String, after last: ProxyRequest?
    ) throws(TargetError) -> Kind {
        guard method == "CONNECT" else { return .forward(try RequestTarget(absolute: target, like: last?.target)) }
        let target = try RequestTarget(authority: target)
        guard let port = target.port else { throw .noPort }
        return .tunnel(target.host, port)
    }

    private static func startLine(
        _ head: MessageHead
    ) throws(RequestFault) -> (method: Range<Int>, target: Range<Int>, isOld: Bool) {
        let bytes = head.bytes.span
        var index = 0
        while index < head.start.upperBound, HTTPCharacter.isToken(bytes[index]) { index += 1 }
        let method = 0..<index
        guard (1...32).contains(index), bytes[index] == HTTPCharacter.space else { throw .syntax(.startLine) }
        index += 1
        let first = index
        while index < head.start.upperBound, bytes[index] != HTTPCharacter.space { index += 1 }
        let target = first..<index
        guard !target.isEmpty, index < head.start.upperBound else { throw .syntax(.startLine) }
        let version = index + 1..<head.start.upperBound
        if head.part(version, isAnyCase: "http/1.1") { return (method, target, false) }
        if head.part(version, isAnyCase: "http/1.0") { return (method, target, true) }
        throw .syntax(.version)
    }

    /// RFC 9112 section 3.2.2 lets a proxy replace a `Host` that differs; whoever sends one is mistaken or has bad intent.
    private func checkHost() throws(RequestFault) {
        guard fields.hosts == 1 else { return }
        if case .forward(let target) = kind, head.bytes[fields.host].elementsEqual(target.authority.utf8) { return }
        let text = head.text(fields.host)
        let host: Host
        let port: Port?
        do throws(TargetError) { (host, port) = try RequestTarget.authority(text[...]) } catch { throw .hostDiffers }
        switch kind {
        case .forward(let target):
            guard host == target.host, port ?? .http == target.port ?? .http else { throw .hostDiffers }
        case .tunnel(let other, let otherPort):
            // Clients leave the port out here, or write it.
            guard host == other, port == nil || port == otherPort else { throw .hostDiffers }
        }
    }
}
