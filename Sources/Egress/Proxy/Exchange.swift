import NIOCore

/// One request in plain HTTP and its answer, on their way between the function and the outside.
///
/// Lives on the event loop of both connections.
final class Exchange {
    let request: ProxyRequest
    let call: EgressCall
    private let target: RequestTarget
    /// Until it is over.
    private var client: ProxyConnection?
    private var upstream: UpstreamConnection?
    private var body: BodyReader
    private var injection: Injection
    private var echoes = EchoWatch([])
    private var answer: (head: ServerResponse, framing: BodyFraming)?
    private var isReused = false
    private var isOver = false
    private var bodyHeard: NIODeadline

    init(_ request: ProxyRequest, _ target: RequestTarget, _ call: EgressCall, client: ProxyConnection) {
        self.request = request
        self.target = target
        self.call = call
        self.client = client
        bodyHeard = call.begun
        body = BodyReader(request.framing)
        injection = Injection(query: target.query)
    }

    /// Whether bytes of the request's body are still to come and there is somebody to take them.
    var wantsBody: Bool { !body.isEnded && upstream?.isWritable == true && !call.isBehind }

    /// Whether the function waits for nothing but the answer.
    var hasWholeRequest: Bool { body.isEnded }

    var clientIsWritable: Bool { client?.isWritable ?? false }

    /// Asks the governor, leases the secrets, gets a connection, and sends the request.
    func start(on loop: any EventLoop) {
        call.resumes { self.client?.goOn() }
        call.passGate(on: loop, { self.failed($0) }) { refusal in
            if let refusal { self.failed(refusal) } else { self.prepare(on: loop) }
        }
    }

    private func prepare(on loop: any EventLoop) {
        guard let origination = call.rule.origination else { return connect() }
        guard origination.body == nil || request.framing == .none else { return failed(.bodyNotWanted) }
        let templates =
            origination.headers.map(\.value) + origination.query.map(\.value)
            + (origination.body?.fields.map(\.value) ?? [])
        let wanted = Set(templates.flatMap(\.secrets))
        guard !wanted.isEmpty else { return inject(origination, [:]) }
        let bound = NIOLoopBound(self, eventLoop: loop)
        let (source, attempt) = (call.surroundings.secrets, call.attempt)
        loop.makeFutureWithTask {
            var leased: [SecretReference: LeasedSecret] = [:]
            for reference in wanted {
                // Why a secret is not there is not the function's to know.
                leased[reference] = try? await source(reference, attempt)
            }
            return leased
        }.whenSuccess { bound.value.inject(origination, $0) }
    }

    private func inject(_ origination: EgressRule.Origination, _ secrets: [SecretReference: LeasedSecret]) {
        guard !isOver else { return }
        do throws(EgressRefusal) {
            injection = try Injection(origination, secrets, query: target.query)
            echoes = EchoWatch(injection.echoes)
        } catch {
            return failed(error)
        }
        connect()
    }

    private func connect() {
        guard let client, let loop = client.eventLoop else { return failed(.noAnswer) }
        if let kept = client.place.take(for: call) {
            isReused = true
            call.address = kept.address
            return send(on: kept.connection)
        }
        isReused = false
        let connection = UpstreamConnection(isPlain: call.rule.origination == nil)
        let bound = NIOLoopBound((self, connection), eventLoop: loop)
        Dialer(surroundings: call.surroundings, loop: loop).dial(call, halfCloses: false, handler: connection)
            .whenComplete { result in
                let (exchange, connection) = bound.value
                switch result {
                case .success where exchange.isOver: connection.close()
                case .success: exchange.send(on: connection)
                case .failure(let error): exchange.failed(Dialer.refusal(error))
                }
            }
    }

    private func send(on connection: UpstreamConnection) {
        upstream = connection
        let path = (call.rule.judgesPaths ? (try? CanonicalPath(target.path))?.text[...] : nil) ?? target.path
        let head = OutgoingHead.request(request, target, call.attempt, path: path, injection)
        var count = head.readableBytes
        connection.begin(head, for: self)
        if let body = injection.body {
            connection.write(ByteBuffer(bytes: body.bytes))
            count += body.bytes.count
        }
        if !hasWholeRequest { bodyHeard = .now() }
        if let refusal = call.sent(count) { return failed(refusal) }
        client?.goOn()
        connection.flush()
    }

    /// Passes on what has come of the request's body.
    func takeBody(from buffer: inout ByteBuffer) throws(HTTPSyntaxError) {
        while !isOver, let upstream, !body.isEnded, !call.isBehind {
            guard let piece = try body.next(from: &buffer) else { return }
            bodyHeard = .now()
            switch piece {
            case .data(let bytes):
                if let refusal = call.sent(bytes.readableBytes) { return failed(refusal) }
                if request.framing == .chunked { upstream.write(OutgoingHead.chunkSize(bytes.readableBytes)) }
                upstream.write(bytes)
                if request.framing == .chunked { upstream.write(ByteBuffer(staticString: "\r\n")) }
            case .end:
                if request.framing == .chunked { upstream.write(ByteBuffer(staticString: "0\r\n\r\n")) }
            }
        }
    }

    func flushUpstream() { upstream?.flush() }

    func flushClient() { client?.flush() }

    /// The client can take more of the answer.
    func clientCanTakeMore() { upstream?.readMore() }

    /// The server can take more of the body.
    func upstreamIsWritable() { client?.readMore() }

    /// Passes `100 Continue` and its like on, to who can understand them.
    func interim(_ response: ServerResponse) {
        if echoes.finds(in: response.head.bytes) { return echoed() }
        guard !request.isOld else { return }
        let head = OutgoingHead.response(response, framing: .none, keepsAlive: true, toOld: false, method: "")
        client?.write(head)
    }

    /// The server's head is here.
    func answerBegan(_ response: ServerResponse) {
        guard !isOver, let client else { return }
        if echoes.finds(in: response.head.bytes) { return echoed() }
        var framing = response.framing
        if framing == .chunked || framing == .untilClose { framing = request.isOld ? .untilClose : .chunked }
        answer = (response, framing)
        let head = OutgoingHead.response(
            response, framing: framing, keepsAlive: keeps(client), toOld: request.isOld, method: request.method)
        client.write(head)
    }

    /// A piece of the answer's body.
    func answerPiece(_ bytes: ByteBuffer) {
        guard !isOver, let client, let answer else { return }
        guard let bytes = echoes.pass(bytes) else { return echoed() }
        Self.write(bytes, answer.framing, to: client)
    }

    private static func write(_ bytes: ByteBuffer, _ framing: BodyFraming, to client: ProxyConnection) {
        // A chunk without bytes would be the end.
        guard bytes.readableBytes > 0 else { return }
        if framing == .chunked { client.write(OutgoingHead.chunkSize(bytes.readableBytes)) }
        client.write(bytes)
        if framing == .chunked { client.write(ByteBuffer(staticString: "\r\n")) }
    }

    /// The answer is whole.
    func answerEnded(reusable: Bool) {
        guard !isOver, let client, let answer else { return }
        over()
        Self.write(echoes.end(), answer.framing, to: client)
        if answer.framing == .chunked { client.write(ByteBuffer(staticString: "0\r\n\r\n")) }
        client.flush()
        call.end(.answered(status: answer.head.status))
        let upstream = upstream
        self.upstream = nil
        if reusable, hasWholeRequest, let upstream {
            client.place.keep(upstream, for: call)
        } else {
            upstream?.close()
        }
        client.ended(keepsAlive: keeps(client) && hasWholeRequest)
    }

    private func keeps(_ client: ProxyConnection) -> Bool {
        request.keepsAlive && !client.hasEnded && answer?.framing != .untilClose
    }

    private func over() {
        isOver = true
        client = nil
    }

    /// The server speaks WebSocket now: both connections carry bytes that nobody reads (RFC 9110 section 7.8).
    func switched(_ response: ServerResponse, rest: ByteBuffer, on channel: any Channel) {
        guard !isOver, let client else { return }
        if echoes.finds(in: response.head.bytes) { return echoed() }
        over()
        client.write(OutgoingHead.response(response, framing: .none, keepsAlive: true, toOld: false, method: "GET"))
        guard let rest = echoes.pass(rest) else {
            call.end(.broken(.echo))
            return client.broken()
        }
        if rest.readableBytes > 0 { client.write(rest) }
        client.flush()
        upstream = nil
        let outside = Splice(.outside, call, echoes: echoes)
        do { try channel.pipeline.syncOperations.addHandler(outside) } catch { return client.broken() }
        client.pass(to: outside, call)
    }

    private func echoed() { failed(.echo) }

    /// It cannot be gone on with.
    func failed(_ refusal: EgressRefusal) {
        guard !isOver, let client else { return }
        if refusal == .noAnswer, isReused, answer == nil, request.framing == .none, injection.body == nil,
            upstream?.hasHeard == false, ["GET", "HEAD", "OPTIONS"].contains(request.method)
        {
            // The server closed a kept connection just then: RFC 9112 section 9.3.1 lets us ask once more.
            upstream = nil
            return connect()
        }
        over()
        upstream?.close()
        upstream = nil
        guard answer == nil else {
            call.end(.broken(refusal))
            return client.broken()
        }
        call.end(.refused(refusal))
        client.refuse(refusal, keepsAlive: request.keepsAlive && request.framing == .none, method: request.method)
    }

    /// The function went away.
    func abandon() {
        guard !isOver else { return }
        over()
        upstream?.close()
        upstream = nil
        call.end(.abandoned)
    }

    /// Time passes.
    func tick() {
        if let refusal = call.tick(connectedSince: upstream?.made) { return failed(refusal) }
        if upstream != nil, !hasWholeRequest, upstream?.isWritable == true,
            .now() - bodyHeard > call.surroundings.times.body
        {
            failed(.slow)
        }
    }
}
