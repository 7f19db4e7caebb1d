import Core
import NIOCore
import Platform

/// Puts calls into the audit trail: who, what, on what, and what came of it.
struct CallAudit: Sendable {
    let trail: AuditTrail
    let region: Region

    /// Carries out a call and keeps what came of it, by the rule for its operation.
    ///
    /// What must be kept before the answer is not even begun while nothing can be kept.
    func recording<Answer: Sendable>(
        _ operation: OperationModel, _ call: Call, _ body: () async throws -> Answer
    ) async throws -> Answer {
        let service = operation.service.signingName
        let rule = AuditRule(service: service, operation: operation.name)
        guard rule != .beforeAnswer || trail.isOpen else { throw Self.closed }
        let result: Result<Answer, any Error>
        do { result = .success(try await body()) } catch { result = .failure(error) }
        let evidence = call.evidence
        let outcome = Self.outcome(result, evidence)
        guard rule.keeps(outcome) else { return try result.get() }
        let record = record(
            evidence.action ?? Action(service: service, name: operation.name), evidence.resource, Circumstances(call),
            evidence.principal ?? call.principal, outcome, facts: evidence.facts)
        switch (rule, outcome) {
        case (_, .denied):
            // Nothing was done, so the answer is the same whether the trail could take it or not.
            try? await trail.append(record)
        case (.denialsOnly, _): break
        case (.soon, _): trail.record(record)
        // The governor keeps what it could not record, and this tries once more.
        case (.evenUnkept, _): do { try await trail.append(record) } catch { trail.record(record) }
        case (.beforeAnswer, _): do { try await trail.append(record) } catch { throw Self.closed }
        }
        return try result.get()
    }

    /// Keeps that a call of a function was denied.
    func denied(_ denial: AccessDenied, _ request: HTTPRequest) {
        trail.record(
            record(
                denial.action, denial.resource, Circumstances(request), denial.principal, .denied(denial.missing),
                kind: .invocation)
        )
    }

    /// Keeps that somebody did not prove who it is.
    func unproven(_ code: String, _ request: HTTPRequest) {
        let wire = WireRequest(request)
        var facts = [AuditRecord.Fact("method", wire.method), AuditRecord.Fact("path", wire.rawPath)]
        if let claim = wire.headers["authorization"]?.split(separator: "Credential=").dropFirst().first {
            facts.append(AuditRecord.Fact("claimed-key", String(claim.prefix { $0 != "/" && $0 != "," })))
        }
        trail.record(
            AuditRecord(
                time: .now, kind: .authentication, action: SignedService.name(of: wire).map { "\($0):*" } ?? "*",
                outcome: .denied(code), source: request.source?.ipAddress, requestID: request.id,
                trace: request.trace, lineage: request.lineage, facts: facts))
    }

    /// Where a call came from, and what it belongs to.
    private struct Circumstances {
        let source: String?
        let requestID: RequestID
        let trace: TraceContext
        let lineage: LineageID

        init(_ call: Call) {
            // A part of the platform has no address, and is named in its place.
            source = call.source ?? call.caller
            (requestID, trace, lineage) = (call.requestID, call.trace, call.lineage)
        }

        init(_ request: HTTPRequest) {
            source = request.source?.ipAddress
            (requestID, trace, lineage) = (request.id, request.trace, request.lineage)
        }
    }

    private func record(
        _ action: Action, _ resource: Resource?, _ circumstances: Circumstances, _ principal: Principal,
        _ outcome: AuditRecord.Outcome, kind: AuditRecord.Kind = .management, facts: [AuditRecord.Fact] = []
    ) -> AuditRecord {
        AuditRecord(
            time: .now, kind: kind, principal: principal.arn.description, action: action.description,
            resource: resource?.text ?? "*", outcome: outcome, source: circumstances.source,
            requestID: circumstances.requestID, trace: circumstances.trace, lineage: circumstances.lineage,
            facts: facts)
    }

    private static func outcome<Answer>(
        _ result: Result<Answer, any Error>, _ evidence: CallEvidence
    ) -> AuditRecord.Outcome {
        guard case .failure(let error) = result else { return .succeeded }
        if let denial = evidence.denial { return .denied(denial.missing) }
        let wire =
            switch error {
            case let error as WireError: error
            case let failure as WireFailure: failure.error
            case let error as FunctionError: WireError(error)
            default: WireError("ServiceException", "")
            }
        return wire.code.hasPrefix("AccessDenied") ? .denied(wire.message) : .failed(wire.code)
    }

    private static let closed = WireError(
        "ServiceUnavailableException",
        "The server cannot write its audit trail, and does nothing that could not be recorded; its log says why.",
        status: 503)
}
