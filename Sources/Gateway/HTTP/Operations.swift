import Core
import Logging
import NIOCore
import Platform

/// Does what the front cannot do without waiting: loads keys, resolves functions, and carries out operations.
struct Operations: Sendable {
    let front: NIOLoopBound<Front>
    let services: Services
    private let region: Region
    private let logger: Logger
    private let dispatch: Dispatch
    private var audit: CallAudit { dispatch.audit }

    init(front: NIOLoopBound<Front>, services: Services, region: Region, logger: Logger) {
        self.front = front
        self.services = services
        self.region = region
        self.logger = logger
        dispatch = Dispatch(services: services, region: region, logger: logger)
    }

    /// Works until the front takes no more orders.
    ///
    /// They are handed out on the front's own event loop, so that an order wakes one thread: the one that carries it out.
    func run(_ orders: AsyncStream<Front.Order>, on pool: isolated Pool) async {
        await withDiscardingTaskGroup { group in
            for await order in orders { group.addTask { await carryOut(order) } }
        }
    }

    @concurrent
    private func carryOut(_ order: Front.Order) async {
        switch order.work {
        case .loadKey(let key, let token):
            do {
                guard try await services.identity.load(key, token: token) else { throw AuthenticationError.unknownKey }
                onLoop { front.value.handle(order.request, for: order.handler.value) }
            } catch {
                answer(order, failure(error, order))
            }
        case .loadPolicies(let holder):
            do {
                try await services.identity.loadPolicies(of: holder)
                onLoop { front.value.handle(order.request, for: order.handler.value) }
            } catch {
                answer(order, failure(error, order))
            }
        case .resolve(let invoke, let principal, let generation):
            await resolve(invoke, principal, since: generation, order)
        case .resolveURL(let target, let generation): await resolve(target, since: generation, order)
        case .callURL(let target, let function, let caller): await call(target, function, caller, order)
        case .operate(let principal):
            switch await operate(principal, order) {
            case .whole(let reply): answer(order, reply)
            case .stream(let pieces): await stream(pieces, order)
            }
        case .refuse(let error): answer(order, refusal(error, order))
        }
    }

    /// Finds the function that a call names, and sends the call on its short way.
    private func resolve(
        _ invoke: InvokeRequest, _ principal: Principal, since generation: Int, _ order: Front.Order
    ) async {
        let request = WireRequest(order.request)
        do {
            let input = try Router.decode(request: request).input
            let reference = try input.functionReference(in: call(principal, order))
            let target = try await services.functions.resolve(reference, in: principal.account)
            onLoop {
                let front = front.value
                let head = order.request.head
                front.targets.keep(target, head.text(head.target), principal.account, since: generation)
                front.invoke(invoke, target, order.request, principal, for: order.handler.value)
            }
        } catch {
            answer(order, failure(error, order))
        }
    }

    private enum Answer {
        case whole(HTTPReply)
        case stream(AsyncStream<[UInt8]>)
    }

    private func operate(_ principal: Principal?, _ order: Front.Order) async -> Answer {
        let request = WireRequest(order.request)
        do {
            if request.rawPath.hasPrefix(CodeLinks.prefix) { return .whole(try await download(request, order)) }
            if TopicLinks.serves(request.rawPath) { return .whole(try await follow(request, order)) }
            let isCloudEvent = request.rawPath.hasPrefix(CloudEventDoor.prefix)
            let routed: RoutedRequest
            do {
                routed = try Router.route(isCloudEvent ? CloudEventDoor.asPutEvents(request) : request)
            } catch {
                guard principal != nil else { throw AuthenticationError.missing }
                throw error
            }
            let operation = routed.operation
            guard principal != nil || operation.allowsUnsigned else { throw AuthenticationError.missing }
            let principal = principal ?? .anonymous(services.account)
            let call = call(principal, order)
            if isCloudEvent {
                return .whole(try await dispatch.recording(operation, call) { try await take(request, call) })
            }
            return try await perform(routed, call, order)
        } catch {
            return .whole(failure(error, order))
        }
    }

    private func perform(_ routed: RoutedRequest, _ call: Call, _ order: Front.Order) async throws -> Answer {
        let operation = routed.operation
        if operation.service.signingName == "logs", operation.name == "StartLiveTail" {
            return .stream(
                try await dispatch.recording(operation, call) { try await services.liveTail(call, try routed.input()) })
        }
        let output = try await dispatch.perform(operation, call) { try routed.input() }
        return .whole(reply(ResponseWriter.response(output, for: operation, requestID: order.request.id), order))
    }

    /// Puts CloudEvents on a bus.
    private func take(_ request: WireRequest, _ call: Call) async throws -> HTTPReply {
        let answer = try await services.cloudEvents.put(request, call)
        return Self.reply(
            .ok, [("Content-Type", "application/json"), ("Date", HTTPDate.now)],
            body: ByteBuffer(bytes: answer.serialized))
    }

    /// Sends an event stream until it ends, or nobody listens any more.
    private func stream(_ pieces: AsyncStream<[UInt8]>, _ order: Front.Order) async {
        let head = Self.reply(
            .ok,
            [
                ("Content-Type", "application/vnd.amazon.eventstream"), ("Date", HTTPDate.now),
                ("x-amzn-RequestId", order.request.id.description),
            ])
        onLoop { order.handler.value.beginStream(head) }
        for await piece in pieces {
            guard await read({ order.handler.value.send(ByteBuffer(bytes: piece)) }) else { return }
        }
        onLoop { order.handler.value.finish() }
    }

    private func call(_ principal: Principal, _ order: Front.Order) -> Call {
        let host = order.request.head.header("host") ?? "127.0.0.1"
        return Call(
            principal: principal, account: principal.account, region: region, requestID: order.request.id,
            trace: order.request.trace, descent: order.request.descent, endpoint: "http://\(host)",
            source: order.request.source?.ipAddress, userAgent: order.request.head.header("user-agent"),
            access: dispatch.access)
    }

    /// The zip behind a link that `GetFunction` or `GetLayerVersion` gave out.
    private func download(_ request: WireRequest, _ order: Front.Order) async throws -> HTTPReply {
        guard request.method == "GET",
            let ticket = services.links.ticket(path: request.rawPath, query: request.rawQuery)
        else {
            audit.unproven("AccessDenied", order.request)
            throw WireError("AccessDenied", "The link was changed, or is too old: ask for a new one.", status: 403)
        }
        let zip = try await services.functions.download(ticket)
        return Self.reply(
            .ok, [("Content-Type", "application/zip"), ("Date", HTTPDate.now)], body: ByteBuffer(bytes: zip))
    }

    /// What a link in a notification stands for.
    private func follow(_ request: WireRequest, _ order: Front.Order) async throws -> HTTPReply {
        let links = TopicLinks(topics: services.topics)
        guard let operation = try TopicLinks.operation(request) else {
            let text = try await links.certificate()
            return Self.reply(
                .ok, [("Content-Type", "application/x-pem-file"), ("Date", HTTPDate.now)],
                body: ByteBuffer(string: text))
        }
        guard let permit = try await links.permit(request, operation, region) else {
            audit.unproven("InvalidToken", order.request)
            throw SNSError.invalid("Invalid parameter: Token")
        }
        let call = call(.anonymous(services.account), order)
        let answer = try await dispatch.recording(operation, call) { try await links.follow(permit, call) }
        return Self.reply(
            .ok, [("Content-Type", "text/xml"), ("Date", HTTPDate.now)], body: ByteBuffer(bytes: answer))
    }

    /// The answer to whatever went wrong, in the protocol of the request.
    func failure(_ error: any Error, _ order: Front.Order) -> HTTPReply {
        let request = WireRequest(order.request)
        let id = order.request.id
        switch error {
        case let failure as WireFailure:
            if services.counters.count(failure) {
                logger.notice("A client asks for what is not served.", metadata: ["reason": "\(failure.error.message)"])
            }
            return reply(ResponseWriter.response(failure, requestID: id), order)
        case let error as AuthenticationError: return refusal(error, order)
        default: break
        }
        if FullDisk.isCause(of: error) {
            logger.error("There is no room to store what was asked for.", metadata: ["reason": "\(FullDisk.words)"])
            let error = WireError("ServiceUnavailableException", "Nothing was stored: \(FullDisk.words).", status: 503)
            return reply(ResponseWriter.response(error, in: dialect(request), requestID: id), order)
        }
        if let error = WireError(known: error) {
            return reply(ResponseWriter.response(error, in: dialect(request), requestID: id), order)
        }
        logger.error("An operation failed.", metadata: ["request.id": "\(id)", "reason": "\(error)"])
        let unknown = WireError(
            "ServiceException", "The server could not do this; its log says why at request \(id).", status: 500)
        return reply(ResponseWriter.response(unknown, in: dialect(request), requestID: id), order)
    }

    private func refusal(_ error: AuthenticationError, _ order: Front.Order) -> HTTPReply {
        let dialect = dialect(WireRequest(order.request))
        let wire = error.wire(AuthenticationError.Dialect(dialect.wireProtocol))
        let answer = WireError(wire.code, wire.message, status: wire.status)
        audit.unproven(wire.code, order.request)
        return reply(ResponseWriter.response(answer, in: dialect, requestID: order.request.id), order)
    }

    private func dialect(_ request: WireRequest) -> Dialect {
        do throws(WireFailure) { return Dialect(try Router.route(request).operation) } catch { return error.dialect }
    }

    private func reply(_ response: WireResponse, _ order: Front.Order) -> HTTPReply {
        let headers: [(name: String, value: String)] =
            response.headers.fields + [
                ("X-Amzn-Trace-Id", order.request.trace.amazon), ("traceparent", order.request.trace.traceparent),
                ("Date", HTTPDate.now),
            ]
        return Self.reply(HTTPStatus(response.status), headers, body: ByteBuffer(bytes: response.body))
    }

    private static func reply(
        _ status: HTTPStatus, _ headers: [(name: String, value: String)], body: ByteBuffer = ByteBuffer()
    ) -> HTTPReply {
        var reply = HTTPReply(status, body: body)
        for (name, value) in headers { reply.add(name: name, value) }
        return reply
    }

    func answer(_ order: Front.Order, _ reply: HTTPReply) { onLoop { order.handler.value.answer(reply) } }

    func onLoop(_ body: @escaping @Sendable () -> Void) { services.eventLoop.execute(body) }

    private func read<Value: Sendable>(_ body: @escaping @Sendable () -> Value) async -> Value {
        await withCheckedContinuation { continuation in
            services.eventLoop.execute { continuation.resume(returning: body()) }
        }
    }
}
