/// One thing that is wrong with a definition, or looks wrong.
package struct Diagnostic: Hashable, Sendable {
    /// How bad it is: a definition with errors is refused.
    package enum Severity: String, Hashable, Sendable {
        case error = "ERROR"
        case warning = "WARNING"
    }

    /// What kind of thing it is, in the service's words.
    package enum Code: String, Hashable, Sendable {
        case invalidJSON = "INVALID_JSON_DESCRIPTION"
        case schema = "SCHEMA_VALIDATION_FAILED"
        case invalidExpression = "INVALID_JSONATA_EXPRESSION"
        case unsupportedExpression = "UNSUPPORTED_JSONATA_EXPRESSION"
        case missingTarget = "MISSING_TRANSITION_TARGET"
        case missingEnd = "MISSING_END_STATE"
        case duplicateName = "DUPLICATE_STATE_NAME"
        case noDollar = "NO_DOLLAR"
        case noPath = "NO_PATH"
        case staticResult = "PASS_RESULT_IS_STATIC"
    }

    package let severity: Severity
    package let code: Code
    package let message: String
    /// A JSON pointer into the definition; absent where it is about the whole.
    package let location: String?
    /// Whether the service tells it as it is, without code and place (labels of maps).
    let isBare: Bool

    init(_ code: Code, _ message: String, at location: String?, severity: Severity = .error, isBare: Bool = false) {
        self.severity = severity
        self.code = code
        self.message = message
        self.location = location
        self.isBare = isBare
    }
}
