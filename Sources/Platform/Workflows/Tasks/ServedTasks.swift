import Core
import StatesLanguage

/// Calls operations of the platform's services for executions, as their roles, through the door that all such calls take.
package struct ServedTasks: TaskService {
    /// What the resources of its tasks begin with.
    package static let types = ["aws-sdk", "events", "sns", "sqs", "states"]

    private let operations: any ServedOperations
    private let identity: Identity

    /// Takes the door to the operations, and who knows the roles of executions.
    package init(operations: any ServedOperations, identity: Identity) {
        self.operations = operations
        self.identity = identity
    }

    package func delay(of call: TaskCall) async -> Duration? { nil }

    package func perform(_ call: TaskCall) async -> TaskEnd {
        guard case .service(let type, let action) = call.order.target,
            let integration = Integration(type: type, action: action), operations.serves(integration.operation)
        else {
            return .failed(
                error: ErrorName.runtime, cause: "The resource '\(call.order.resource)' is not served here.")
        }
        do throws(ServedFault) {
            let principal = try await TaskRole(operations: operations, identity: identity).principal(call)
            let answer = try await operations.perform(
                ServedCall(
                    integration.operation, parameters: integration.parameters(call), as: principal,
                    by: Workflows.service, id: call.id, descent: call.descent, trace: call.trace))
            if let (error, cause) = integration.failure(in: answer) { return .failed(error: error, cause: cause) }
            return end(integration, integration.result(answer, call.id))
        } catch {
            let (error, cause) = integration.failure(error, call.id)
            return .failed(error: error, cause: cause)
        }
    }

    private func end(_ integration: Integration, _ result: JSON) -> TaskEnd {
        switch integration.pattern {
        case .answer: return .succeeded(result)
        case .token: return .submitted(result)
        case .execution(let isParsed):
            guard let text = result["ExecutionArn"]?.string, let child = ExecutionID(executionARN: text) else {
                return .failed(error: ErrorName.runtime, cause: "The execution that was begun has no ARN.")
            }
            return .begun(child, isParsed: isParsed, result)
        }
    }
}

extension ExecutionID {
    /// The execution that an ARN names, of whatever account and region.
    fileprivate init?(executionARN text: String) {
        guard let arn = try? ARN(text), arn.resource.hasPrefix("execution:") else { return nil }
        self.init(arn.resource.dropFirst("execution:".count))
    }
}
