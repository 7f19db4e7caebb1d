import NIOCore

/// A CONNECT on its way to being a tunnel: judged, connected, and only then opened to a client that says the same host.
///
/// Lives on the event loop of both connections.
final class Tunnel {
    private enum State {
        case dialing
        /// The client has been told to go on, and its first bytes are looked at.
        case hello(Splice, since: NIODeadline)
        case over
    }

    private let call: EgressCall
    private weak var client: ProxyConnection?
    private var state = State.dialing
    private var reader = ClientHelloReader()

    init(_ call: EgressCall, client: ProxyConnection) {
        self.call = call
        self.client = client
    }

    /// Whether bytes of the client are to be looked at.
    var wantsHello: Bool { if case .hello = state { true } else { false } }

    /// Asks the governor and connects.
    func start(on loop: any EventLoop) {
        call.passGate(on: loop, { [weak self] in self?.fail($0) }) { refusal in
            if let refusal { self.fail(refusal) } else { self.dial(on: loop) }
        }
    }

    private func dial(on loop: any EventLoop) {
        let outside = Splice(.outside, call)
        let bound = NIOLoopBound((self, outside), eventLoop: loop)
        Dialer(surroundings: call.surroundings, loop: loop).dial(call, halfCloses: true, handler: outside)
            .whenComplete { result in
                let (tunnel, outside) = bound.value
                switch result {
                case .success: tunnel.connected(outside)
                case .failure(let error): tunnel.fail(Dialer.refusal(error))
                }
            }
    }

    private func connected(_ outside: Splice) {
        guard case .dialing = state, let client else { return outside.close() }
        client.write(ByteBuffer(staticString: "HTTP/1.1 200 Connection Established\r\n\r\n"))
        client.flush()
        if call.rule.ports[.tcp]?.contains(call.attempt.port) == true { return open(outside) }
        state = .hello(outside, since: .now())
        client.goOn()
    }

    private func open(_ outside: Splice) {
        state = .over
        client?.pass(to: outside, call)
    }

    /// Looks at what has come; what is in order is passed on as it is.
    func takeHello(from bytes: ByteBuffer) {
        guard case .hello(let outside, _) = state, bytes.readableBytes > 0 else { return }
        do throws(ClientHelloError) {
            guard let hello = try reader.read(bytes.readableBytesView) else { return }
            if let refusal = Self.refusal(of: hello, for: call.attempt.host) { return fail(refusal) }
            open(outside)
        } catch {
            fail(.hello(error))
        }
    }

    /// The name in the ClientHello must be the host of CONNECT; only a literal address needs none.
    static func refusal(of hello: ClientHello, for host: Host) -> EgressRefusal? {
        guard let text = hello.serverName else {
            if case .address = host { return nil }
            return .noServerName
        }
        // A name that cannot be read is another name.
        guard let named = try? Host(text), named == host, text.utf8.last != UInt8(ascii: ".") else {
            return .otherServerName
        }
        return nil
    }

    /// Refuses: in HTTP before the tunnel stands, by an alert of TLS afterwards.
    private func fail(_ refusal: EgressRefusal) {
        let last = state
        state = .over
        switch last {
        case .over: return
        case .dialing:
            call.end(.refused(refusal))
            client?.refuse(refusal, keepsAlive: false, method: "")
        case .hello(let outside, _):
            call.end(.broken(refusal))
            outside.close()
            client?.close(after: Self.lastWords(refusal))
        }
    }

    /// Who speaks TLS gets the alert `access_denied` (RFC 8446 section 6.2), everybody else an answer that can be read.
    private static func lastWords(_ refusal: EgressRefusal) -> ByteBuffer {
        if refusal == .hello(.notTLS) { return refusal.answer(closing: true) }
        return ByteBuffer(bytes: [21, 3, 3, 0, 2, 2, 49])
    }

    /// The function went away.
    func abandon() {
        let last = state
        state = .over
        if case .hello(let outside, _) = last { outside.close() }
        call.end(.abandoned)
    }

    /// Time passes.
    func tick() {
        if case .hello(_, let since) = state, .now() - since > call.surroundings.times.hello { fail(.slow) }
    }
}
