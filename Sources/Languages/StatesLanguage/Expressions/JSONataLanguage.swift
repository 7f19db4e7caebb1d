import Core

/// How strings of JSONata are compiled: the seam to the module that knows how.
package struct JSONataLanguage: Sendable {
    /// Evaluates a compiled expression with variables bound, at a time; `nil` is JSONata's undefined.
    ///
    /// Where an execution is replayed, the same must come out again: what is random begins at the seed.
    package typealias Evaluate =
        @Sendable (_ bindings: [String: JSON], Instant, _ seed: UInt64) throws(JSONataFailure) -> JSON?

    /// An expression that was compiled.
    package struct Compiled: Sendable {
        let evaluate: Evaluate
        /// What it refers to outside of its variables, where states have nothing.
        let inputReferences: [String]

        /// Takes what evaluates it, and what it refers to.
        package init(inputReferences: [String] = [], evaluate: @escaping Evaluate) {
            self.evaluate = evaluate
            self.inputReferences = inputReferences
        }
    }

    /// Compiles an expression; throws what is wrong with it.
    package let compile: @Sendable (_ text: String) throws(JSONataFailure) -> Compiled

    /// Takes a compiler.
    package init(compile: @escaping @Sendable (_ text: String) throws(JSONataFailure) -> Compiled) {
        self.compile = compile
    }

    /// Takes every expression, and fails when one is evaluated: for where no JSONata is at hand.
    package static let absent = JSONataLanguage { (_) throws(JSONataFailure) in
        Compiled { (_, _, _) throws(JSONataFailure) in throw JSONataFailure(message: "JSONata is not available.") }
    }
}

/// Why an expression of JSONata cannot be compiled or evaluated, in words.
package struct JSONataFailure: Error, Hashable, Sendable {
    package let message: String

    /// Takes the words.
    package init(message: String) { self.message = message }
}
