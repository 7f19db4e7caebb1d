/// A compiled regular expression: ECMAScript's, read by Unicode scalars.
///
/// Matching backtracks on a stack of its own and pays for every step, so that no expression can stall an evaluation.
struct RegularExpression: Hashable, Sendable {
    /// How it was written, without slashes and flags.
    let source: String
    let ignoresCase: Bool
    /// `^` and `$` stand at the ends of lines, too.
    let hasLines: Bool
    let instructions: [RegexInstruction]
    /// How many groups capture.
    let groupCount: Int
    /// How many loops remember where they began.
    let loopCount: Int

    /// How many instructions an expression may have once its repetitions are written out.
    static let instructionLimit = 5_000
    /// How deep groups may nest.
    static let depthLimit = 25

    /// Compiles an expression.
    init(parsing text: String, ignoresCase: Bool = false, hasLines: Bool = false) throws(RegexFlaw) {
        var parser = RegexParser(text)
        source = text
        self.ignoresCase = ignoresCase
        self.hasLines = hasLines
        instructions = try parser.expression()
        groupCount = parser.groupCount
        loopCount = parser.loopCount
    }
}
