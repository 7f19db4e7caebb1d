import Core
import Platform

extension CallGate {
    /// Carries out an operation that moves messages, unless a rule of the governor stands in its way; then it throws an
    /// error of the service, which clients try again after a while.
    func pass<Result: Sendable>(
        _ kind: CallKind, _ name: String?, _ call: Call, refusedAs code: String, _ body: () async throws -> Result
    ) async throws -> Result {
        do { return try await pass(GovernedCall(kind, name, descent: call.descent), body) } catch let refusal
            as GovernorRefusal
        { throw WireError(code, "\(refusal.code): \(refusal.message)", status: 429) }
    }
}
