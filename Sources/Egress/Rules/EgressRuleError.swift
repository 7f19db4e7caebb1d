import Core

/// Why a text is not a list of rules.
package enum EgressRuleError: Error, Equatable, Sendable {
    case notJSON(JSONError)
    case notAnArray
    case notAnObject
    case tooManyRules(limit: Int)
    /// More rules for one host than can be gone through for each request.
    case tooManyForHost(String, limit: Int)
    case missing(member: String)
    case unknown(member: String)
    case wrongType(member: String, expected: String)
    case badHost(String, HostError)
    case badPort(String)
    case badMethod(String)
    case badPath(String)
    case badAddress(String)
    case unknownSpeech(String)
    case unknownTLS(String)
    /// Methods and paths cannot be seen inside a tunnel.
    case unseen(member: String, in: EgressRule.Speech)
    /// A way of speaking that has no usual port.
    case needsPorts(EgressRule.Speech)
    /// What is put into a request must not travel in the clear.
    case needsOrigination(member: String)
    case originationNeedsHTTP
    /// A certificate is for a name or a single address.
    case originationToBlock
    case badTemplate(String)
    case badHeaderName(String)
    case reservedHeader(String)
    case badLimit(member: String)
    case servicesNotAnArray
    case tooManyServices(limit: Int)
    /// A port that services cannot have inside.
    case badServicePort(String)
    case servicePortTwice(Port)
    case badTarget(String)
    /// No rule lets `tcp` be spoken to a service's target, so that nobody would ever get there.
    case serviceNotAllowed(String)
}

/// An error and the place of the rule, or service, that it is about, counted from 0.
package struct EgressRuleFault: Error, Equatable, Sendable {
    package let rule: Int?
    package let reason: EgressRuleError

    /// Names the place, where there is one.
    package init(rule: Int?, reason: EgressRuleError) {
        self.rule = rule
        self.reason = reason
    }
}
