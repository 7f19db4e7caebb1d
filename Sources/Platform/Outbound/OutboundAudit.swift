import Core
import Egress
import Logging

/// What the audit trail and the log keep of calls to the outside: each use of a secret, and each call that was refused.
package struct OutboundAudit: Sendable {
    private let trail: AuditTrail
    private let logger: Logger

    /// Writes to a trail and a log.
    package init(trail: AuditTrail, logger: Logger) {
        self.trail = trail
        self.logger = logger
    }

    /// A secret is about to be put into a request; it is not where that cannot be recorded.
    package func used(_ secret: SecretReference, _ attempt: EgressAttempt) async throws {
        try await trail.append(
            AuditRecord(
                time: .now, kind: .secret, principal: attempt.caller, action: "martlet:UseSecret",
                resource: "secret/\(secret.name)", outcome: .succeeded,
                facts: [
                    AuditRecord.Fact("target", "\(attempt.host):\(attempt.port)"),
                    AuditRecord.Fact("rule", attempt.rule),
                ]))
    }

    /// A secret that says where to call is about to be used by what has a name.
    package func used(_ secret: String, by user: String) async throws {
        try await trail.append(
            AuditRecord(
                time: .now, kind: .secret, principal: user, action: "martlet:UseSecret", resource: "secret/\(secret)",
                outcome: .succeeded))
    }

    /// A call is over.
    package func ended(_ record: EgressRecord) {
        let refusal: EgressRefusal
        switch record.outcome {
        case .refused(let why), .broken(let why): refusal = why
        case .answered, .passed, .abandoned: return
        }
        logger.info(
            refusal.isDenial ? "A call to the outside was refused." : "A call to the outside failed.",
            metadata: ["function": "\(record.caller)", "target": "\(record.target)", "reason": "\(refusal.reason)"])
        guard refusal.isDenial else { return }
        trail.record(
            AuditRecord(
                time: record.started, kind: .invocation, principal: record.caller, action: "martlet:CallOutside",
                resource: record.target.isEmpty ? "*" : record.target, outcome: .denied(refusal.reason),
                facts: record.rule.map { [AuditRecord.Fact("rule", $0)] } ?? []))
    }
}

extension EgressRefusal {
    /// Whether somebody forbids the call, and not just the network, the host or a mistake in the way.
    var isDenial: Bool {
        switch self {
        case .notAssigned, .notAllowed, .gate, .cut, .limit, .crowded, .address, .otherServerName, .noServerName,
            .hello,
            .secret, .echo, .unclearPath, .withdrawn:
            true
        case .request, .slow, .resolution, .unreachable, .connectTimeout, .tls, .badAnswer, .noAnswer, .bodyNotWanted:
            false
        }
    }
}
