import Core

/// One call of an operation by a part of the platform itself, in somebody's name.
package struct ServedCall: Sendable {
    package let operation: ServedOperation
    /// The operation's input: an object with the names of the SDKs, which begin with capitals.
    package let parameters: JSON
    /// In whose name the call is made: most often a session of a role.
    package let principal: Principal
    /// The part of the platform that calls: `scheduler.amazonaws.com`.
    package let caller: String
    /// What tells the call apart; one that is made again under the same id has the same idempotency tokens.
    package let id: RequestID
    /// Where that stands in its lineage which makes the call.
    package let descent: Descent
    package let trace: TraceContext

    /// Describes a call.
    package init(
        _ operation: ServedOperation, parameters: JSON, as principal: Principal, by caller: String,
        id: RequestID = RequestID(), descent: Descent, trace: TraceContext
    ) {
        self.operation = operation
        self.parameters = parameters
        self.principal = principal
        self.caller = caller
        self.id = id
        self.descent = descent
        self.trace = trace
    }
}
