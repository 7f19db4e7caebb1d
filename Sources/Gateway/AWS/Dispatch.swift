import Core
import Logging
import Platform

/// Carries out operations once their callers are known: the one place where a call meets its handler, wherever it comes
/// from, so that none goes by without being authorized, validated and recorded.
struct Dispatch: Sendable {
    let services: Services
    let audit: CallAudit
    private let logger: Logger

    init(services: Services, region: Region, logger: Logger) {
        self.services = services
        self.logger = logger
        audit = CallAudit(trail: services.audit, region: region)
    }

    /// How a call asks whether its caller may go on.
    var access: AccessCheck { AccessCheck(services.identity) }

    /// Whether somebody carries out an operation.
    func serves(_ operation: OperationModel) -> Bool { services.handler(operation) != nil }

    /// Carries out an operation, whose input is read only once the call can be recorded.
    func perform(
        _ operation: OperationModel, _ call: Call, _ input: () throws -> WireValue
    ) async throws -> WireValue {
        try await recording(operation, call) {
            guard let handler = services.handler(operation) else {
                throw WireError.unknownOperation(operation.name, operation.service)
            }
            return try await handler(call, try input())
        }
    }

    /// Does something for a call, and keeps what came of it.
    func recording<Answer: Sendable>(
        _ operation: OperationModel, _ call: Call, _ body: () async throws -> Answer
    ) async throws -> Answer {
        defer { tell(call) }
        return try await audit.recording(operation, call, body)
    }

    /// Says in the server's log what whoever wrote something should know of it.
    private func tell(_ call: Call) {
        for warning in call.evidence.warnings.prefix(20) {
            logger.warning(
                "A policy was written of which a part can never match.",
                metadata: ["request.id": "\(call.requestID)", "warning": "\(warning)"])
        }
    }
}

extension WireError {
    /// What a caller is told of an error; `nil` for one of which only the server's log may say more.
    init?(known error: any Error) {
        switch error {
        case let failure as WireFailure: self = failure.error
        case let denied as AccessDenied: self.init("AccessDeniedException", denied.message, status: 403)
        case let error as FunctionError: self.init(error)
        case let error as WireError: self = error
        default: return nil
        }
    }
}
