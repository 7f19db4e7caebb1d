import ArgumentParser

/// Why a command got no answer, in words that say what to do next.
enum ClientError: Error, Equatable, CustomStringConvertible {
    case noServer(folder: String)
    case noCredentials
    case badEndpoint(String)
    case unreachable(endpoint: String, reason: String)
    /// The connection ended before the answer did.
    case cutOff
    /// The server answered with an error.
    case refused(status: Int, code: String, message: String)
    case malformedAnswer
    case badInput(String)

    var description: String {
        switch self {
        case .noServer(let folder):
            """
            No server runs on \(folder).
            Start one with 'martlet serve --data-dir \(folder)', or name its folder with --data-dir,
            or set AWS_ENDPOINT_URL and the credentials of another one.
            """
        case .noCredentials:
            """
            AWS_ENDPOINT_URL is set, but AWS_ACCESS_KEY_ID or AWS_SECRET_ACCESS_KEY is not.
            Run: eval "$(martlet credentials)"
            """
        case .badEndpoint(let text):
            "'\(text)' is no endpoint. Give one such as http://127.0.0.1:4570 in AWS_ENDPOINT_URL; HTTPS is not spoken here."
        case .unreachable(let endpoint, let reason):
            """
            Cannot reach \(endpoint): \(reason).
            Is the server running? Start it with 'martlet serve', or set AWS_ENDPOINT_URL to where it listens.
            """
        case .cutOff:
            "The server closed the connection before its answer was complete. Try again; see the server's log."
        case .refused(_, let code, let message):
            Self.advice(code).map { "\(message)\n\($0)" } ?? "\(message) (\(code))"
        case .malformedAnswer: "The answer is not what a Martlet server says. Is AWS_ENDPOINT_URL right?"
        case .badInput(let text): text
        }
    }

    /// What to do about the errors that happen most.
    private static func advice(_ code: String) -> String? {
        switch code {
        case "ResourceNotFoundException": "See what there is with 'martlet functions'."
        case "IdentityProviderNotFoundException":
            "See what there is with 'aws iam list-open-id-connect-providers', or make one."
        case "StateMachineDoesNotExist": "See what there is with 'martlet workflows'."
        case "ExecutionDoesNotExist": "See what there is with 'martlet workflows executions MACHINE'."
        case "RuleNotFoundException": "See what there is with 'martlet governor rules'."
        case "DeadLetterNotFoundException": "See what there is with 'martlet dead-letters'."
        case "UnrecognizedClientException", "InvalidSignatureException":
            "These are not the credentials of this server. Run: eval \"$(martlet credentials)\""
        default: nil
        }
    }
}

/// How commands end, for scripts.
enum ExitStatus {
    /// The function itself failed; its answer says why.
    static let functionFailed = ExitCode(1)
    /// An execution did not succeed, or a definition is wrong.
    static let executionFailed = ExitCode(1)
    /// The server could not be reached, or refused.
    static let refused = ExitCode(2)

    /// Runs a command's work; an error of the client ends it with the status that stands for it.
    static func reporting(_ work: () async throws -> Void) async throws {
        do { try await work() } catch let error as ClientError {
            Terminal.printError("\(error)")
            throw refused
        }
    }
}
