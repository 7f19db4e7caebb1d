import Core
import NIOCore

/// A call that the rules allow, and the rule that does.
struct Permission: Sendable {
    let attempt: EgressAttempt
    let rule: EgressRule
}

extension EgressCaller {
    /// Counts a request against the limits and asks the rules.
    func permission(for request: ProxyRequest) throws(EgressRefusal) -> Permission {
        guard usage.begin(policy.limits) else { throw .limit(.requestsPerSecond) }
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
    func permission(forService host: Host, _ port: Port) throws(EgressRefusal) -> Permission {
        guard usage.begin(policy.limits) else { throw .limit(.requestsPerSecond) }
        let (rule, _) = try Self.allowed(policy.judge(host: host, port: port, speech: .tcp))
        return permission(rule, .service, host, port, nil)
    }

    private func permission(
        _ rule: EgressRule, _ way: EgressAttempt.Way, _ host: Host, _ port: Port, _ method: String?
    ) -> Permission {
        let attempt = EgressAttempt(
            caller: name, context: context, way: way, host: host, port: port, method: method, rule: rule.name)
        return Permission(attempt: attempt, rule: rule)
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
        var target = ""
        var isTunnel = false
        switch request?.kind {
        case .forward(let asked): target = "\(asked.host.text):\(asked.port ?? .http)"
        case .tunnel(let host, let port):
            target = "\(host.text):\(port)"
            isTunnel = true
        case nil: break
        }
        self.init(
            caller: caller, way: isTunnel ? .tunnel : .http, target: target, method: isTunnel ? nil : request?.method,
            rule: nil, address: nil, bytesOut: 0, bytesIn: 0, started: .now, duration: .zero,
            outcome: .refused(refusal))
    }

    /// A connection to a service that no rule allows.
    init(refused refusal: EgressRefusal, of service: EgressService, caller: String) {
        self.init(
            caller: caller, way: .service, target: "\(service.host.text):\(service.port)", method: nil, rule: nil,
            address: nil, bytesOut: 0, bytesIn: 0, started: .now, duration: .zero, outcome: .refused(refusal))
    }
}
