import Core
import StatesLanguage

extension AuditTrail {
    /// Keeps that an execution was denied what one of its tasks asks for beside the door to the operations.
    func denied(_ denial: AccessDenied, to call: TaskCall) {
        record(
            AuditRecord(
                time: .now, kind: .invocation, principal: denial.principal.arn.description,
                action: denial.action.description, resource: denial.resource.text, outcome: .denied(denial.missing),
                source: Workflows.service, requestID: call.id, trace: call.trace, lineage: call.descent.lineage,
                facts: [AuditRecord.Fact("execution", call.executionARN.description)]))
    }
}
