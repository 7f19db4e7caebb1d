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

    /// A call is over.
    package func ended(_ record: EgressRecord) {
        let reason: EgressRefusal
        switch record.outcome {
        case .refused(let refusal), .broken(let refusal): reason = refusal
        case .answered, .passed, .abandoned: return
        }
        logger.info(
            "A call to the outside was refused.",
            metadata: ["function": "\(record.caller)", "target": "\(record.target)", "reason": "\(reason)"])
        trail.record(
            AuditRecord(
                time: record.started, kind: .invocation, principal: record.caller, action: "martlet:CallOutside",
                resource: record.target.isEmpty ? "*" : record.target, outcome: .denied("\(reason)"),
                facts: record.rule.map { [AuditRecord.Fact("rule", $0)] } ?? []))
    }
}
