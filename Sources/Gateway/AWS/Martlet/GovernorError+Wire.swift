import Platform

extension WireError {
    /// Why the governor did not do, or did not do for good, what an operator told it.
    init(_ error: GovernorError) {
        switch error {
        case .invalid:
            self.init(
                "ValidationException", "A figure is missing, below 0 or no number, or the reason is too long.",
                status: 400)
        case .tooManyRules(let limit):
            self.init("LimitExceededException", "There are \(limit) rules already; lift some.", status: 400)
        case .noRule(let scope): self.init("RuleNotFoundException", "There is no rule for \(scope).", status: 404)
        case .notDurable(let reason):
            self.init(
                "ServiceException",
                "It could not be written to the store (\(reason)): what was set holds until the server restarts, what was "
                    + "to be lifted still holds.", status: 500)
        case .notAudited:
            self.init(
                "ServiceUnavailableException",
                "The audit trail cannot be written: a limit holds until the server restarts, all else was not done.",
                status: 503)
        case .unreadable, .keys:
            self.init("ServiceException", "What the governor keeps cannot be read or sealed: \(error).", status: 500)
        }
    }
}
