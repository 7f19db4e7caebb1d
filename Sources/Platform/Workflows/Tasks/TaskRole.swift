import Core
import StatesLanguage

/// As whom tasks are done: as their execution's role, or as another one that it is allowed to assume for them.
struct TaskRole: Sendable {
    let operations: any ServedOperations
    let identity: Identity

    /// Source: Step Functions developer guide, "Accessing resources in other AWS accounts": a task's `Credentials`.
    func principal(_ call: TaskCall) async throws(ServedFault) -> Principal {
        let own: Principal?
        do { own = try await call.session(identity) } catch {
            throw ServedFault(
                .refused, service: "Sts", code: "InternalFailure", message: "The role could not be looked at.",
                status: 500)
        }
        guard let own else {
            throw ServedFault(
                .denied, service: "States", code: ErrorName.permissions,
                message:
                    "The role \(call.role) cannot be assumed by \(Workflows.service); its trust policy must allow it.",
                status: 403)
        }
        guard let other = call.order.credentials?["RoleArn"]?.string else { return own }
        return try await assume(other, as: own, call)
    }

    /// Asks as any other caller does, so that policies decide, and the audit trail knows.
    private func assume(_ role: String, as own: Principal, _ call: TaskCall) async throws(ServedFault) -> Principal {
        guard let operation = ServedOperation("sts:assumeRole"), let name = role.split(separator: "/").last else {
            throw ServedFault(.malformed, service: "Sts", code: "ValidationError", message: "\(role) is no role.")
        }
        let answer = try await operations.perform(
            ServedCall(
                operation, parameters: ["RoleArn": .string(role), "RoleSessionName": "states"], as: own,
                by: Workflows.service, id: call.id, descent: call.descent, trace: call.trace))
        guard let id = answer.output["AssumedRoleUser"]?["AssumedRoleId"]?.string?.split(separator: ":").first,
            let entity = try? EntityName(String(name)), let session = try? EntityName("states")
        else { throw ServedFault(.malformed, service: "Sts", code: "ValidationError", message: "\(role) is no role.") }
        return .session(
            SessionIdentity(account: call.account, roleID: String(id), role: entity, session: session))
    }
}
