/// Why a test of a state is refused.
package enum StateTestFlaw: Error, Hashable, Sendable {
    case definition(InvalidDefinition)
    /// What the service calls a validation exception, with its message.
    case request(String)
}
