import AccessPolicy
import Core

/// Calls operations of the platform's services for schedules with universal targets; the payload is the input.
///
/// A call may be made twice, where the server is killed between the call and the note that it was made; it has the same
/// idempotency tokens then.
package struct OperationRoute: DeliveryRoute {
    private let operations: any ServedOperations
    private let identity: Identity

    /// Takes the door to the operations, and who knows the roles that call.
    package init(operations: any ServedOperations, identity: Identity) {
        self.operations = operations
        self.identity = identity
    }

    package func delivery(of parcel: Parcel) async throws -> Delivery {
        guard let operation = ServedOperation(universalTarget: parcel.target), operations.serves(operation) else {
            return .refused(.final("TARGET_NOT_SERVED", "\(parcel.target) names no operation that is served here."))
        }
        guard let role = parcel.sender.role else {
            return .refused(.final("NO_PERMISSIONS", "\(parcel.sender.service) has no role to call \(operation) as."))
        }
        let service = parcel.sender.service
        guard
            let session = try await SenderAccess.session(
                of: role, for: service, source: parcel.sender.source, parcel.account, identity)
        else { return .refused(.unassumable(role, service)) }
        let parameters: JSON
        do { parameters = try JSON(parsing: parcel.payload) } catch {
            return .refused(.final("INVALID_PARAMETER", "The input is not JSON at byte \(error.offset)."))
        }
        let call = ServedCall(
            operation, parameters: Self.detached(parameters, operation), as: session, by: service, id: parcel.id,
            descent: parcel.descent, trace: parcel.trace)
        return .errand { [operations] in
            do throws(ServedFault) {
                _ = try await operations.perform(call)
                return .delivered
            } catch { return .refused(DeliveryRefusal(error)) }
        }
    }

    /// Nobody waits for what a function answers, and it may take longer than an errand: it is called asynchronously.
    private static func detached(_ parameters: JSON, _ operation: ServedOperation) -> JSON {
        guard operation.description == "lambda:invoke", var object = parameters.object else { return parameters }
        if object["InvocationType"] == nil || object["InvocationType"] == "RequestResponse" {
            object["InvocationType"] = "Event"
        }
        return .object(object)
    }
}

extension DeliveryRefusal {
    /// What a fault of an operation means for a delivery.
    fileprivate init(_ fault: ServedFault) {
        switch fault.kind {
        case .denied: self = .final("NO_PERMISSIONS", "AccessDenied: \(fault.message)")
        case .notServed: self = .final("TARGET_NOT_SERVED", fault.message)
        case .malformed: self = .final("INVALID_PARAMETER", fault.message)
        case .refused:
            self = fault.isPassing ? .passing(fault.code, fault.message) : .final(fault.code, fault.message)
        }
    }
}
