import Core
import Platform

/// The operations of CloudWatch Logs.
package struct LogsOperations: Sendable {
    /// What one operation is given: the call, and its input.
    struct Request: Sendable {
        let call: Call
        let input: WireValue
    }

    typealias Handler = @Sendable (Request) async throws -> WireValue

    let logs: Logs

    /// Serves the logs of a server.
    package init(logs: Logs) { self.logs = logs }

    /// The handlers by operation.
    package var operations: [String: OperationHandler] {
        var operations: [String: OperationHandler] = [:]
        for group in [groupOperations, streamOperations, eventOperations, tagOperations, absentOperations] {
            for (name, handler) in group { operations[name] = Self.guarded(name, handler) }
        }
        return operations
    }

    /// Lets the caller through if it may, and turns what a handler throws into what the wire knows.
    static func guarded<Answer: Sendable>(
        _ name: String, _ handler: @escaping @Sendable (Request) async throws -> Answer
    ) -> @Sendable (Call, WireValue) async throws -> Answer {
        { call, input in
            let request = Request(call: call, input: input)
            do {
                for resource in try request.resources() {
                    try await call.authorize(
                        Action(service: "logs", name: name), on: resource,
                        facts: RequestFacts.facts("logs", name, input))
                }
                return try await handler(request)
            } catch let error as LogsError {
                throw WireError(error)
            } catch let error as AccessDenied {
                throw WireError("AccessDeniedException", error.message, status: 400)
            } catch let error as WireError {
                throw error
            } catch {
                // The reason is for the operator; the caller can only try again.
                throw WireError("ServiceUnavailableException", "The logs cannot be read or written at the moment.")
            }
        }
    }
}
