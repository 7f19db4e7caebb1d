import Core

/// What takes the place of a call in a test of a state.
package struct StateTestMock: Hashable, Sendable {
    /// The result as text of JSON.
    package let result: String?
    package let error: Failure?
    /// How much of a result is checked against the model of the operation.
    package let validation: Validation

    /// How much of a result is checked, in the service's words.
    package enum Validation: String, Hashable, Sendable {
        /// What must be there is, and what is there fits.
        case strict = "STRICT"
        /// What is there fits.
        case present = "PRESENT"
        case none = "NONE"
    }

    /// The error that a call reports.
    package struct Failure: Hashable, Sendable {
        package let error: String?
        package let cause: String?

        /// Takes name and cause.
        package init(error: String?, cause: String?) {
            self.error = error
            self.cause = cause
        }
    }

    /// Takes a result or an error; a test refuses both at once.
    package init(result: String? = nil, error: Failure? = nil, validation: Validation = .strict) {
        self.result = result
        self.error = error
        self.validation = validation
    }
}
