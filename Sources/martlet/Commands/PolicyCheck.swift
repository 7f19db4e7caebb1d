import AccessPolicy
import ArgumentParser
import FoundationEssentials
import Platform

/// `martlet policies check`: what is wrong with a policy, and what of it can never match.
struct PolicyCheck: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Say what is wrong with a policy, and what of it can never match.",
        discussion: """
            Reads files; no server is needed. Each line says the file, the place and what is wrong there:

              martlet policies check policy.json
              martlet policies check --use trust trust.json
              jq .Policy stack.json | martlet policies check -

            A policy with a flaw is refused by the server. One that only has warnings is taken, but the parts they name \
            do nothing: a service that is not here, an ARN that nothing has, conditions that contradict each other. The \
            server says them too when the policy is written, in its log and in the audit trail.

            Exit status: 0 nothing is wrong, 1 a part can never match, 2 a policy has a flaw or a file cannot be read, 64 \
            the command line is wrong.
            """)

    enum Use: String, ExpressibleByArgument, CaseIterable {
        case identity, resource, trust

        var use: Policy.Use {
            switch self {
            case .identity: .identity
            case .resource: .resource
            case .trust: .trust
            }
        }
    }

    @Argument(help: "The files to check; - is the standard input.")
    var files: [String]
    @Option(
        help: "What the policies are attached to: a user, role or session (identity), a resource, or a role's trust.")
    var use = Use.identity

    func run() async throws {
        try await ExitStatus.reporting {
            var worst: Int32 = 0
            for file in files {
                let (status, lines) = Self.check(try Self.bytes(file), as: use.use)
                worst = max(worst, status)
                for line in lines { Terminal.printLine(Terminal.harmless("\(file): \(line)")) }
            }
            if worst > 0 { throw ExitCode(worst) }
        }
    }

    /// What there is to say of a policy, and the exit status that it makes.
    static func check(_ bytes: [UInt8], as use: Policy.Use) -> (status: Int32, lines: [String]) {
        do throws(PolicyFlaw) {
            let policy = try Policy(parsing: bytes, use: use)
            let warnings = policy.warnings(knownServices: Set(PlatformPolicy.services))
            return (warnings.isEmpty ? 0 : 1, warnings.map { "warning: \($0.description)" })
        } catch {
            return (2, ["flaw: \(error.description)"])
        }
    }

    private static func bytes(_ file: String) throws -> [UInt8] {
        if file == "-" { return try Terminal.readInput() }
        guard let bytes = FileManager.default.contents(atPath: file) else {
            throw ClientError.badInput("\(file) cannot be read.")
        }
        return Array(bytes)
    }
}
