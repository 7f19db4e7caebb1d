import Core
import NIOCore
import NIOHTTP1
import NIOPosix
import Platform
import Testing

@testable import Gateway
@testable import martlet

/// The client against a server that verifies its signatures and answers with what it is told to.
@Suite struct ServiceClientTests {
    private static let secret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
    private static let key = "AKIAIOSFODNN7EXAMPLE"

    /// Answers once: 403 unless the signature is right.
    private final class Handler: ChannelInboundHandler {
        typealias InboundIn = HTTPServerRequestPart
        typealias OutboundOut = HTTPServerResponsePart

        private var verifier: SignatureVerifier
        private var head: HTTPRequestHead?
        private var body = ByteBuffer()
        private let answer: (status: HTTPResponseStatus, headers: HTTPHeaders, body: [String])

        init(_ answer: (HTTPResponseStatus, HTTPHeaders, [String])) throws {
            self.answer = answer
            let cache = CredentialCache(trust: .seconds(3600))
            let credential = Credential(
                accessKey: try AccessKeyID(key), secret: SecretKey(revealed: secret),
                principal: .administrator(.standard))
            cache.insert(credential, for: credential.accessKey, ifUnchangedSince: cache.generation)
            verifier = SignatureVerifier(credentials: cache, region: .standard)
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            switch unwrapInboundIn(data) {
            case .head(let head): self.head = head
            case .body(var piece): body.writeBuffer(&piece)
            case .end: respond(context)
            }
        }

        private func respond(_ context: ChannelHandlerContext) {
            var isRight = false
            if let head, case .verified = try? verifier.verify(RequestText(head), body: body, now: .now) {
                isRight = true
            }
            let status = isRight ? answer.status : .forbidden
            context.write(
                wrapOutboundOut(.head(HTTPResponseHead(version: .http1_1, status: status, headers: answer.headers))),
                promise: nil)
            for piece in answer.body {
                context.writeAndFlush(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(string: piece)))), promise: nil)
            }
            if answer.body.last == "cut" {
                context.close(promise: nil)
            } else {
                let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
                context.writeAndFlush(wrapOutboundOut(.end(nil))).whenComplete { _ in bound.value.close(promise: nil) }
            }
        }
    }

    private func with(
        _ answer: (HTTPResponseStatus, HTTPHeaders, [String]), _ body: (ServiceClient) async throws -> Void
    ) async throws {
        let server = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.configureHTTPServerPipeline()
                    try channel.pipeline.syncOperations.addHandler(try Handler(answer))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        let access = try ServerAccess(
            endpoint: "http://127.0.0.1:\(server.localAddress?.port ?? 0)", accessKey: Self.key, secret: Self.secret,
            token: nil, region: "us-east-1")
        do { try await body(ServiceClient(access: access)) } catch {
            try await server.close()
            throw error
        }
        try await server.close()
    }

    private let request = ServiceClient.Request(
        target: "/2015-03-31/functions/f%20g/invocations?Qualifier=1", headers: [("X-Amz-Log-Type", "None")],
        body: Array("{}".utf8))

    @Test func `a request arrives signed and its answer comes back`() async throws {
        try await with((.ok, ["X-Amz-Function-Error": "Unhandled"], ["{\"a\":", "1}"])) { client in
            let answer = try await client.send(request)
            #expect(try answer.json() == ["a": 1])
            #expect(answer.header("x-amz-function-error") == "Unhandled")
        }
    }

    @Test func `an answer's body is handed out as it comes`() async throws {
        try await with((.ok, [:], ["one", "two", "three"])) { client in
            var text = ""
            let head = try await client.send(request) { text += String(buffer: $0) }
            #expect(head.status == .ok && text == "onetwothree")
        }
    }

    @Test func `an error of the server says its code and message`() async throws {
        try await with((.notFound, ["x-amzn-ErrorType": "ResourceNotFoundException"], ["{\"Message\":\"none\"}"])) {
            client in
            await #expect(
                throws: ClientError.refused(status: 404, code: "ResourceNotFoundException", message: "none")
            ) { _ = try await client.send(request) }
        }
    }

    @Test func `an answer that ends too early is told from one that is complete`() async throws {
        try await with((.ok, ["Content-Length": "100"], ["cut"])) { client in
            await #expect(throws: ClientError.cutOff) { _ = try await client.send(request) }
        }
    }

    @Test func `a request without a body is whole, however fast its answer comes`() async throws {
        try await with((.ok, ["Content-Length": "2"], ["{}"])) { client in
            for _ in 0..<200 {
                let answer = try await client.send(ServiceClient.Request(method: .GET, target: "/"))
                #expect(answer.body == Array("{}".utf8))
            }
        }
    }

    @Test func `a port where nothing listens is said to be one`() async throws {
        let access = try ServerAccess(
            endpoint: "http://127.0.0.1:1", accessKey: Self.key, secret: Self.secret, token: nil, region: "us-east-1")
        await #expect(
            throws: ClientError.unreachable(endpoint: "http://127.0.0.1:1", reason: "nothing listens there")
        ) { _ = try await ServiceClient(access: access).send(request) }
    }
}
