import Platform

extension WireError {
    /// All sandboxes that may be are in use.
    init(_ throttle: Throttle) {
        let (reason, message) =
            switch throttle {
            case .account(let limit):
                ("ConcurrentInvocationLimitExceeded", "Rate Exceeded. The account's concurrency of \(limit) is in use.")
            case .reserved(let limit):
                (
                    "ReservedFunctionConcurrentInvocationLimitExceeded",
                    "Rate Exceeded. The function's reserved concurrency of \(limit) is in use."
                )
            case .host(let budget, let needed):
                (
                    "ConcurrentInvocationLimitExceeded",
                    "Rate Exceeded. The host lends \(budget) MB to functions, and \(needed) MB more are not free now "
                        + "(raise --memory-budget, or lower the functions' memory)."
                )
            }
        self = .tooManyRequests(message, reason: reason, passes: true)
    }

    /// A rule or a budget stands in the way of a call.
    init(_ refusal: GovernorRefusal) {
        self = .tooManyRequests(refusal.message, reason: refusal.code, passes: !refusal.isFinal)
    }

    /// The platform could not run a function.
    init(_ failure: StartFailure) {
        switch failure {
        case .noInterpreter(let runtime):
            self.init(
                "InvalidRuntimeException",
                "No interpreter for \(runtime) is installed on this host; install it or name a runtime folder "
                    + "(martlet serve --runtimes DIR).", status: 502)
        case .codeUnavailable(let reason):
            self.init(
                "InvalidZipFileException", "The function's code could not be unpacked: \(reason)", status: 502)
        case .sandbox(let reason):
            self.init(
                "ServiceException",
                "No sandbox could be started: \(reason). Run martlet doctor to see what this host lacks.", status: 500)
        case .shuttingDown:
            self.init("ServiceException", "The server is stopping; try again later.", status: 503)
        }
    }

    /// Why an asynchronous call was not taken in; `nil` where it was.
    init?(_ outcome: EventInvocations.Acceptance) {
        switch outcome {
        case .accepted: return nil
        case .full(let limit):
            self = .tooManyRequests(
                "The queue of asynchronous calls is full (\(limit) items); retry later.",
                reason: "CallerRateLimitExceeded", passes: false)
        case .refused(let refusal): self.init(refusal)
        case .failed(let fault):
            self.init(
                "ServiceException", "The call was not accepted, because it could not be stored: \(fault)",
                status: FullDisk.isCause(of: fault) ? 503 : 500)
        }
    }

    private static func tooManyRequests(_ message: String, reason: String, passes: Bool) -> WireError {
        let details = [("Reason", WireValue.string(reason))] + (passes ? [("retryAfterSeconds", "1")] : [])
        return WireError("TooManyRequestsException", message, status: 429, details: WireFields(details))
    }
}
