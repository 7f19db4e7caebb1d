import AccessPolicy
import Core
import NIOCore
import Platform

/// The first to see every request: who calls, and which way it goes.
///
/// Calls of functions take the short way: verified, authorized, and handed to the pool on this very event loop. All else
/// goes to `Operations`, which may wait. Lives on the pool's event loop.
final class Front {
    /// What the short way cannot do by itself, for `Operations` to do.
    enum Work: Sendable {
        /// The access key is not in the cache yet; the request is handled again once it is.
        case loadKey(AccessKeyID, token: String?)
        /// The caller's policies are not in the cache yet; the request is handled again once they are.
        case loadPolicies(HolderPolicies.Holder)
        /// The function is not in the cache yet; the call goes on once it is.
        ///
        /// What is found is kept unless something changed since this generation of the cache.
        case resolve(InvokeRequest, Principal, since: Int)
        /// The same for a function that is called at its URL.
        case resolveURL(FunctionURLTarget, since: Int)
        /// A function is called at its URL.
        case callURL(FunctionURLTarget, ResolvedFunction, Caller)
        /// An ordinary operation.
        case operate(Principal?)
        case refuse(AuthenticationError)
    }

    /// Who calls a function at its URL, and the access key that signed, if one did.
    struct Caller: Sendable {
        let principal: Principal
        let accessKey: String?
    }

    /// A request that has left the event loop, and the way back.
    struct Order: Sendable {
        let request: HTTPRequest
        let work: Work
        let handler: NIOLoopBound<FrontConnection>
    }

    /// Bytes of request bodies held at a time, all connections together.
    static let bufferLimit = 512 * 1024 * 1024
    /// Requests waiting for `Operations`.
    static let orderLimit = 4096
    /// Connections held at a time.
    static let connectionLimit = 10_000
    /// How often connections are looked at whose clients let them wait.
    static let tickInterval = TimeAmount.seconds(5)

    private static let invokeAction = Action(service: "lambda", name: "InvokeFunction")

    let pool: Pool
    let events: EventInvocations
    private let resolved: ResolvedFunctions
    let account: AccountID
    let audit: CallAudit
    let control: AccessControl
    let region: Region
    let orders: AsyncStream<Order>
    var targets = TargetCache()
    private let ordering: AsyncStream<Order>.Continuation
    let clock: () -> Instant
    private var verifier: SignatureVerifier
    private var buffered = 0
    private var connections: [ObjectIdentifier: FrontConnection] = [:]

    init(
        account: AccountID, pool: Pool, events: EventInvocations, resolved: ResolvedFunctions,
        credentials: CredentialCache,
        access: AccessControl, region: Region, audit: AuditTrail, clock: @escaping () -> Instant = { .now }
    ) {
        self.account = account
        self.pool = pool
        self.events = events
        self.resolved = resolved
        self.clock = clock
        self.audit = CallAudit(trail: audit, region: region)
        control = access
        self.region = region
        verifier = SignatureVerifier(credentials: credentials, region: region)
        (orders, ordering) = AsyncStream.makeStream(of: Order.self, bufferingPolicy: .bufferingOldest(Self.orderLimit))
    }

    /// Counts bytes of a body in, if there is room.
    func reserve(_ count: Int) -> Bool {
        guard buffered + count <= Self.bufferLimit else { return false }
        buffered += count
        return true
    }

    /// Counts bytes out.
    func release(_ count: Int) { buffered -= count }

    /// Takes a connection in, if there is room for one more.
    func admit(_ connection: FrontConnection) -> Bool {
        guard connections.count < Self.connectionLimit else { return false }
        connections[ObjectIdentifier(connection)] = connection
        return true
    }

    /// A connection has ended.
    func forget(_ connection: FrontConnection) { connections[ObjectIdentifier(connection)] = nil }

    /// Time passes; due every `tickInterval`.
    func tick() {
        for connection in connections.values { connection.tick() }
        targets.forgetAll()
        verifier.forgetKeys()
    }

    /// Takes no more orders.
    func finish() { ordering.finish() }

    /// Handles a whole request; the answer goes to `handler`, now or later.
    func handle(_ request: HTTPRequest, for handler: FrontConnection) {
        if let target = FunctionURLTarget(request.head, region: region) {
            return handle(target, request, for: handler)
        }
        do throws(AuthenticationError) {
            switch try authenticate(request) {
            case .verified(let principal, _): route(request, principal, for: handler)
            case .unloaded(let key, let token): order(request, .loadKey(key, token: token), handler)
            }
        } catch .missing {
            order(request, .operate(nil), handler)
        } catch {
            order(request, .refuse(error), handler)
        }
    }

    /// Runs a call whose function is known.
    func invoke(
        _ invoke: InvokeRequest, _ target: ResolvedFunction, _ request: HTTPRequest, _ principal: Principal,
        for handler: FrontConnection
    ) {
        switch access(principal, target, request) {
        case .allowed: break
        case .unloaded(let holder): return order(request, .loadPolicies(holder), handler)
        case .denied(let denial):
            audit.denied(denial, request)
            return handler.answer(InvokeReply.denied(denial, request))
        }
        if let refusal = invoke.refusal { return handler.answer(InvokeReply.refused(refusal, request)) }
        let bound = NIOLoopBound(handler, eventLoop: pool.eventLoop)
        switch invoke.kind {
        case .dryRun: handler.answer(InvokeReply.empty(.noContent, request))
        case .event:
            let call = EventInvocation(
                requestID: request.id, account: target.account, target: target, descent: request.descent,
                trace: request.trace, accepted: clock(), payload: invoke.payload, clientContext: invoke.clientContext)
            events.assumeIsolated { events in
                events.accept(call) { outcome in bound.value.answer(InvokeReply.accepted(outcome, request)) }
            }
        case .requestResponse:
            let invocation = Invocation(
                id: request.id.description, target: target, payload: invoke.payload,
                clientContext: invoke.clientContext, trace: request.trace, amazonTrace: request.trace.amazon,
                descent: request.descent, wantsLogTail: invoke.wantsLogTail)
            pool.assumeIsolated { pool in
                pool.invoke(invocation) { result in bound.value.answer(InvokeReply.result(result, request)) }
            }
        }
    }

    /// Whether a principal may call a function.
    private func access(
        _ principal: Principal, _ target: ResolvedFunction, _ request: HTTPRequest
    ) -> AccessControl.Verdict {
        let resource = Resource.function(target.account, region, target.name, target.qualifier)
        if case .administrator = principal {
            return control.decide(principal, Self.invokeAction, on: resource, in: AccessContext(time: clock()))
        }
        return control.decide(
            principal, Self.invokeAction, on: resource,
            policy: control.resourcePolicy(target.policy, of: "policy of function \(target.name)"),
            in: AccessContext(
                time: clock(), sourceAddress: request.source?.ipAddress, region: region,
                userAgent: request.head.header("user-agent"),
                facts: ["lambda:functionarn": .text(target.invokedARN)], resourceTags: target.tags))
    }

    enum Authentication {
        case verified(Principal, accessKey: String?)
        case unloaded(AccessKeyID, token: String?)
    }

    /// Who makes a request; where a service is named, the signature must be for it.
    func authenticate(
        _ request: HTTPRequest, for service: String? = nil
    ) throws(AuthenticationError) -> Authentication {
        if case .function(let version, _) = request.caller {
            return .verified(.function(FunctionIdentity(version)), accessKey: nil)
        }
        switch try verifier.verify(request.head, body: request.body, now: clock()) {
        case .verified(let proof):
            guard service == nil || proof.service == service else {
                throw .wrongScope(reason: "Credential should be scoped to correct service: '\(service ?? "")'.")
            }
            guard service != nil else { return .verified(proof.principal, accessKey: nil) }
            return .verified(proof.principal, accessKey: proof.key.credential.accessKey.text)
        case .unloaded(let key, let token): return .unloaded(key, token: token)
        }
    }

    private func route(_ request: HTTPRequest, _ principal: Principal, for handler: FrontConnection) {
        guard InvokeRequest.isInvoke(request.head) else { return order(request, .operate(principal), handler) }
        let invoke = InvokeRequest(request)
        let uri = request.head.text(request.head.target)
        if let target = targets[uri, principal.account] {
            self.invoke(invoke, target, request, principal, for: handler)
        } else if let name = InvokeRequest.bareName(request.head),
            let target = resolved[principal.account, FunctionReference(name: name)]
        {
            targets.keep(target, uri, principal.account, since: targets.generation)
            self.invoke(invoke, target, request, principal, for: handler)
        } else {
            order(request, .resolve(invoke, principal, since: targets.generation), handler)
        }
    }

    func order(_ request: HTTPRequest, _ work: Work, _ handler: FrontConnection) {
        let bound = NIOLoopBound(handler, eventLoop: pool.eventLoop)
        let result = ordering.yield(Order(request: request, work: work, handler: bound))
        if case .enqueued = result { return }
        handler.answer(FrontRefusal.busy.reply)
    }
}
