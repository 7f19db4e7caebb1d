import Core
import NIOCore

/// A call that the rules allow, and the rule that does.
final class Permission: Sendable {
    let attempt: EgressAttempt
    let rule: EgressRule
    /// The service that it leads to, where it is one.
    let service: EgressService?

    init(_ attempt: EgressAttempt, _ rule: EgressRule, _ service: EgressService?) {
        self.attempt = attempt
        self.rule = rule
        self.service = service
    }
}

extension EgressCaller {
    /// Counts a request against the limits and asks the rules.
    func permission(for request: ProxyRequest, now: NIODeadline = .now()) throws(EgressRefusal) -> Permission {
        guard usage.begin(policy.limits, now: now) else { throw .limit(.requestsPerSecond) }
        switch request.kind {
        case .forward(let target):
            let verdict = policy.judge(
                host: target.host, port: target.port, method: request.method, path: target.path)
            let (rule, port) = try Self.allowed(verdict)
            let way: EgressAttempt.Way = rule.origination == nil ? .http : .originated
            return permission(rule, way, target.host, port, request.method)
        case .tunnel(let host, let port):
            let (rule, _) = try Self.allowed(policy.judge(host: host, port: port))
            return permission(rule, .tunnel, host, port, nil)
        }
    }

    /// The same for a connection to a declared service.
    func permission(for service: EgressService) throws(EgressRefusal) -> Permission {
        guard usage.begin(policy.limits) else { throw .limit(.requestsPerSecond) }
        let (rule, _) = try Self.allowed(policy.judge(host: service.host, port: service.port, speech: .tcp))
        return permission(rule, .service, service.host, service.port, nil, service)
    }

    /// The same for a connection to a mail relay.
    func permission(for relay: MailRelay) throws(EgressRefusal) -> Permission {
        guard usage.begin(policy.limits) else { throw .limit(.requestsPerSecond) }
        let (rule, _) = try Self.allowed(policy.judge(host: relay.host, port: relay.port, speech: .tcp))
        return permission(rule, .service, relay.host, relay.port, nil)
    }

    /// Whether a call that goes on could still begin: it asks whether its rules have changed while it lasts.
    func stillPermits(_ permission: Permission, at address: IPAddress?) -> Bool {
        let attempt = permission.attempt
        if let service = permission.service, policy.services[service.listen] != service { return false }
        // Nobody looked for TLS where none was asked for.
        let isFree = attempt.way == .service || permission.rule.ports[.tcp]?.contains(attempt.port) == true
        let speech: EgressRule.Speech? = isFree ? .tcp : nil
        switch attempt.way {
        // What was asked for is gone; that the very rule is still there says enough.
        case .http, .originated: return policy.holds(permission.rule)
        case .tunnel, .service:
            guard case .allowed(let rule, _) = policy.judge(host: attempt.host, port: attempt.port, speech: speech)
            else { return false }
            return address.map { rule.permits($0) } ?? true
        }
    }

    private func permission(
        _ rule: EgressRule, _ way: EgressAttempt.Way, _ host: Host, _ port: Port, _ method: String?,
        _ service: EgressService? = nil
    ) -> Permission {
        let attempt = EgressAttempt(
            caller: name, context: context, way: way, host: host, port: port, method: method, rule: rule.name)
        return Permission(attempt, rule, service)
    }

    private static func allowed(_ verdict: EgressPolicy.Verdict) throws(EgressRefusal) -> (EgressRule, Port) {
        switch verdict {
        case .allowed(let rule, let port): return (rule, port)
        case .refused(let shortfall): throw .notAllowed(shortfall)
        case .unclear(let fault): throw .unclearPath(fault)
        }
    }
}

extension EgressRecord {
    /// A request that no rule allows, or that could not even be read.
    init(refused refusal: EgressRefusal, of request: ProxyRequest?, caller: String) {
        var place: (host: Host, port: Port)?
        var isTunnel = false
        switch request?.kind {
        case .forward(let asked): place = (asked.host, asked.port ?? .http)
        case .tunnel(let host, let port):
            place = (host, port)
            isTunnel = true
        case nil: break
        }
        self.init(
            caller: caller, way: isTunnel ? .tunnel : .http, host: place?.host, port: place?.port,
            method: isTunnel ? nil : request?.method, rule: nil, address: nil, bytesOut: 0, bytesIn: 0, started: .now,
            duration: .zero,
            outcome: .refused(refusal))
    }

    /// A connection to a mail relay that no rule allows.
    init(refused refusal: EgressRefusal, of relay: MailRelay, caller: String) {
        self.init(refused: refusal, at: relay.host, relay.port, caller)
    }

    /// A connection to a service that no rule allows.
    init(refused refusal: EgressRefusal, of service: EgressService?, caller: String) {
        self.init(refused: refusal, at: service?.host, service?.port, caller)
    }

    private init(refused refusal: EgressRefusal, at host: Host?, _ port: Port?, _ caller: String) {
        self.init(
            caller: caller, way: .service, host: host, port: port, method: nil, rule: nil,
            address: nil, bytesOut: 0, bytesIn: 0, started: .now, duration: .zero, outcome: .refused(refusal))
    }
}
