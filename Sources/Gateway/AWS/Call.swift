import Core
import Platform

/// Who calls, where, and in whose name: what every operation is given beside its input.
package struct Call: Sendable {
    package let principal: Principal
    package let account: AccountID
    package let region: Region
    package let requestID: RequestID
    package let trace: TraceContext
    /// Where the call stands in its lineage.
    package let descent: Descent
    /// How the caller reaches this server, without a path: `http://127.0.0.1:4566`.
    package let endpoint: String
    /// What the checks on the way found out, for the audit trail.
    package let evidence: CallEvidence
    /// Where the request came from, and what sent it, as far as is known.
    package let source: String?
    package let userAgent: String?
    /// The part of the platform that calls, where it is no request from outside: `scheduler.amazonaws.com`.
    package let caller: String?
    let access: AccessCheck

    /// Takes what the front has found out about a request.
    package init(
        principal: Principal, account: AccountID, region: Region, requestID: RequestID = RequestID(),
        trace: TraceContext = TraceContext(), descent: Descent = Descent(), endpoint: String = "http://127.0.0.1",
        evidence: CallEvidence = CallEvidence(), source: String? = nil, userAgent: String? = nil,
        caller: String? = nil, access: AccessCheck = .accountOnly
    ) {
        self.principal = principal
        self.account = account
        self.region = region
        self.requestID = requestID
        self.trace = trace
        self.descent = descent
        self.endpoint = endpoint
        self.evidence = evidence
        self.source = source
        self.userAgent = userAgent
        self.caller = caller
        self.access = access
    }

    /// What everything that the call causes has in common.
    package var lineage: LineageID { descent.lineage }
}

/// Does one operation: takes its validated input, gives its output, or throws a `WireError`.
package typealias OperationHandler = @Sendable (Call, WireValue) async throws -> WireValue
