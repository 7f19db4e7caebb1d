/// The door by which the platform calls its own operations: what passes it is authorized, validated, audited and governed
/// as a request from outside is.
package protocol ServedOperations: Sendable {
    /// Whether there is such an operation, and it can be called from inside.
    func serves(_ operation: ServedOperation) -> Bool

    /// Carries out a call.
    func perform(_ call: ServedCall) async throws(ServedFault) -> ServedAnswer
}
