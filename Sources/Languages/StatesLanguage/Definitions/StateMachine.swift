/// A definition in the Amazon States Language that was found to be valid.
package struct StateMachine: Sendable {
    package let comment: String?
    package let queryLanguage: QueryLanguage
    /// How long an execution may take, in seconds; without bound of its own where absent.
    package let timeoutSeconds: Int?
    package let flow: Flow
}
