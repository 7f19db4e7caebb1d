import Core

/// How strings of JSONata are compiled: the seam to the module that knows how.
package struct JSONataLanguage: Sendable {
    /// Evaluates a compiled expression with variables bound, at a time; `nil` is JSONata's undefined.
    ///
    /// Where an execution is replayed, the same must come out again: what is random begins at the seed.
    package typealias Evaluate =
        @Sendable (_ bindings: [String: JSON], Instant, _ seed: UInt64) throws(JSONataFailure) -> JSON?

    /// Compiles an expression; throws what is wrong with it.
    package let compile: @Sendable (_ text: String) throws(JSONataFailure) -> Evaluate

    /// Takes a compiler.
    package init(compile: @escaping @Sendable (_ text: String) throws(JSONataFailure) -> Evaluate) {
        self.compile = compile
    }

    /// Takes every expression, and fails when one is evaluated: for where no JSONata is at hand.
    package static let absent = JSONataLanguage { (_) throws(JSONataFailure) in
        { (_, _, _) throws(JSONataFailure) in throw JSONataFailure(message: "JSONata is not available.") }
    }
}

/// Why an expression of JSONata cannot be compiled or evaluated, in words.
package struct JSONataFailure: Error, Hashable, Sendable {
    package let message: String

    /// Takes the words.
    package init(message: String) { self.message = message }
}
