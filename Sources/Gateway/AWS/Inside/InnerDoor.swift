import Core
import Logging
import Platform

/// Lets the platform call its own operations: what passes goes the way of a request from outside from where its caller
/// and its operation are known.
package struct InnerDoor: ServedOperations {
    /// Bytes of parameters, and of a result: what a state of Step Functions may carry.
    ///
    /// Source: Step Functions developer guide, "Quotas related to state machine executions".
    private static let sizeLimit = 262_144

    private let dispatch: Dispatch
    private let region: Region
    private let endpoint: String
    private let logger: Logger

    /// Opens the door to `services`, whose callers reach them at `endpoint`, a URL without a path.
    package init(services: Services, region: Region, endpoint: String, logger: Logger) {
        dispatch = Dispatch(services: services, region: region, logger: logger)
        self.region = region
        self.endpoint = endpoint
        self.logger = logger
    }

    package func serves(_ operation: ServedOperation) -> Bool {
        SDKService(named: operation.service)?.operation(operation.action).map(dispatch.serves) ?? false
    }

    package func perform(_ served: ServedCall) async throws(ServedFault) -> ServedAnswer {
        guard let service = SDKService(named: served.operation.service),
            let operation = service.operation(served.operation.action)
        else { throw .notServed(served.operation) }
        let call = Call(
            principal: served.principal, account: served.principal.account, region: region, requestID: served.id,
            trace: served.trace.child(), descent: served.descent, endpoint: endpoint,
            userAgent: served.caller, caller: served.caller, access: dispatch.access)
        let output: WireValue
        do {
            output = try await dispatch.perform(operation, call) { try Self.input(served, operation) }
        } catch { throw fault(error, service, operation, served) }
        let result = operation.output.map { member in
            JSONWriter(shapes: operation.shapes, form: .sdk).structure(
                output, members: operation.shapes[member].members)
        }
        let response = ResponseWriter.response(output, for: operation, requestID: served.id)
        guard response.body.count <= Self.sizeLimit else {
            throw service.fault(
                .refused, "DataLimitExceeded", "The result has more than \(Self.sizeLimit) bytes.")
        }
        return ServedAnswer(
            result ?? [:], status: response.status,
            contentType: response.headers["Content-Type"] ?? "application/json", size: response.body.count,
            date: HTTPDate.now)
    }

    private static func input(_ served: ServedCall, _ operation: OperationModel) throws(WireFailure) -> WireValue {
        var input: WireValue
        do throws(Malformed) {
            guard served.parameters.serialized.count <= sizeLimit else {
                throw Malformed("The parameters have more than \(sizeLimit) bytes")
            }
            let members = operation.input.map { operation.shapes[$0].members } ?? []
            input = try JSONBinding(shapes: operation.shapes, form: .sdk)
                .structure(served.parameters, members: members)
            for member in members where member.isIdempotencyToken && input[member.name] == nil {
                input[member.name] = .string(served.id.description)
            }
        } catch { throw WireFailure(.malformed, .malformed(error, operation.service), Dialect(operation)) }
        if let error = Validator(operation).error(in: input) { throw WireFailure(.invalid, error, Dialect(operation)) }
        return input
    }

    private func fault(
        _ error: any Error, _ service: SDKService, _ operation: OperationModel, _ served: ServedCall
    ) -> ServedFault {
        guard let wire = WireError(known: error) else {
            logger.error(
                "An operation failed that the platform called itself.",
                metadata: [
                    "request.id": "\(served.id)", "operation": "\(served.operation)", "reason": "\(error)",
                ])
            return service.fault(
                .refused, "InternalError", "The server could not do this; its log says why at \(served.id).",
                status: 500)
        }
        let kind: ServedFault.Kind =
            if let failure = error as? WireFailure {
                failure.reason == .malformed ? .malformed : failure.reason == .invalid ? .refused : .notServed
            } else {
                wire.code.hasPrefix("AccessDenied") ? .denied : .refused
            }
        let shape = operation.errorShape(wire.code)
        return ServedFault(
            kind, service: service.errorPrefix, code: shape?.error?.code ?? shape?.name ?? wire.code,
            exception: shape.map { $0.name.hasSuffix("Exception") ? $0.name : $0.name + "Exception" },
            message: wire.message, status: wire.status ?? shape?.error?.status ?? 400)
    }
}

extension SDKService {
    fileprivate func fault(
        _ kind: ServedFault.Kind, _ code: String, _ message: String, status: Int = 400
    ) -> ServedFault {
        ServedFault(kind, service: errorPrefix, code: code, message: message, status: status)
    }
}

extension ServedFault {
    fileprivate static func notServed(_ operation: ServedOperation) -> ServedFault {
        ServedFault(
            .notServed, service: operation.service, code: "UnknownOperationException",
            message: "The operation \(operation) is not provided here.", status: 404)
    }
}
