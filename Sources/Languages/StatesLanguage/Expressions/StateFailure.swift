/// Why a state could not do what it says: an error of the language, with its cause.
package struct StateFailure: Error, Hashable, Sendable {
    package let error: String?
    package let cause: String?
    /// The field whose expression failed, where the service says so in an event of its own.
    package let location: String?
    /// Whether the cause begins with where the error occurred, when it is told.
    package let isPlaced: Bool

    /// A narrower name of the error, by which retriers and catchers may name it too.
    private var alias: String?

    /// What a task fails with that was not heard of in time: a timeout, as recorded, which goes by its own name as well.
    static var missedHeartbeat: StateFailure {
        var failure = StateFailure(reported: ErrorName.timeout, cause: nil)
        failure.alias = ErrorName.heartbeatTimeout
        return failure
    }

    /// Whether a list of errors, as retriers and catchers have it, names this one.
    func isNamed(by errors: [String]) -> Bool {
        ErrorName.list(errors, names: error) || alias.map(errors.contains) ?? false
    }

    /// An error that a task, a branch or a state of failure reported itself.
    package init(reported error: String?, cause: String?) {
        self.error = error
        self.cause = cause
        location = nil
        isPlaced = false
    }

    /// An error that the interpreter found.
    package init(_ error: String, _ cause: String, location: String? = nil) {
        self.error = error
        self.cause = cause
        self.location = location
        isPlaced = true
    }

    /// The same with the place in its cause, as the service words it.
    package func placed(in state: String, enteredAt event: Int) -> StateFailure {
        guard isPlaced, let error, let cause else { return self }
        let place = "An error occurred while executing the state '\(state)' (entered at the event id #\(event)). "
        return StateFailure(
            error: error, cause: String((place + cause).prefix(Self.maximumCause)), location: location, isPlaced: false)
    }

    /// How many characters of a cause are told.
    private static let maximumCause = 32_768

    private init(error: String?, cause: String?, location: String?, isPlaced: Bool) {
        self.error = error
        self.cause = cause
        self.location = location
        self.isPlaced = isPlaced
    }
}
