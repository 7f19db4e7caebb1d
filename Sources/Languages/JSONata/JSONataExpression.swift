import Core

/// A compiled JSONata expression (docs.jsonata.org, version 2): compiled once, evaluated often.
package struct JSONataExpression: Sendable {
    private let program: Program
    private let dialect: Dialect

    /// How many bytes an expression may have.
    package static let longest = 64 * 1024
    /// How deep its parts may nest; the parser recurses that deep.
    package static let deepest = 80

    /// Compiles a text.
    package init(parsing text: String, dialect: Dialect = .standard) throws(JSONataError) {
        guard text.utf8.count <= Self.longest else { throw JSONataError("S0501", value: String(Self.longest)) }
        var parser = JSONataParser(text, maximumDepth: Self.deepest)
        program = try parser.program()
        self.dialect = dialect
    }

    /// What it refers to in the input as a whole: names, `$` and `$$`.
    ///
    /// In Step Functions there is no input.
    package var inputReferences: [String] { program.inputReferences }

    /// The value for an input, or `nil` where it is undefined; an input of `nil` is undefined, too.
    ///
    /// `bindings` are the variables that there are at first, named without their dollar sign. `$now` and `$millis` give the time `now`.
    /// With a `seed` the random numbers and UUIDs are the same each time; without one nobody can know them.
    /// What is evaluated lies on the heap: a thread with a stack of 512 KiB is enough, whatever the expression and the input.
    package func value(
        of input: JSON?, bindings: [String: JSON] = [:], limits: EvaluationLimits = EvaluationLimits(),
        now: Instant = .now, seed: UInt64? = nil
    ) throws(JSONataError) -> JSON? {
        let evaluation = Evaluation(dialect: dialect, limits: limits, now: now, seed: seed)
        defer { evaluation.end() }
        let value = try evaluation.value(of: program, input: input, bindings: bindings)
        return try evaluation.meter.json(of: value)
    }
}
