/// A definition with errors: what creating or changing a state machine is refused with.
package struct InvalidDefinition: Error, Hashable, Sendable {
    /// What is wrong, the first first.
    package let diagnostics: [Diagnostic]

    /// The message of the service's error of the same name.
    package var message: String {
        let errors = diagnostics.filter { $0.severity == .error }
        if let bare = errors.first, bare.isBare { return bare.message }
        let words = errors.map { "\($0.code.rawValue): \($0.message) at \($0.location ?? "null")" }
        return "Invalid State Machine Definition: '\(words.joined(separator: ", "))'"
    }
}
