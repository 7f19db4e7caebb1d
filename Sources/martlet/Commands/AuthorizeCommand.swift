import ArgumentParser
import Core

/// `martlet authorize`: whether somebody may do something, and why.
struct AuthorizeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "authorize",
        abstract: "Say whether somebody may do something, and what decides it.",
        discussion: """
            Asks the running server, which looks at the policies as they are now; nothing is done.

              martlet authorize --principal arn:aws:iam::000000000000:user/ada \\
                  --action lambda:InvokeFunction --resource arn:aws:lambda:us-east-1:000000000000:function:resize --explain

            The principal is a user, a role, a session of one (arn:aws:sts::…:assumed-role/ROLE/NAME), a function (its ARN: \
            it acts as its execution role), a service (events.amazonaws.com) or the account (arn:aws:iam::…:root). What a \
            function's own policy says counts where the resource is a function; --resource '*' is for actions that name none.

            Conditions ask for circumstances; those you do not give have no value:

              --context aws:SourceIp=10.1.2.3 --context aws:RequestTag/team=blue --context aws:TagKeys=a --context aws:TagKeys=b

            --explain names the statement that decides (its policy, its place there counted from 0, its Sid), or the kind of \
            policy that lacks one, and the near misses: statements of this action and resource whose conditions fail.

            Exit status: 0 it is allowed, 1 it is denied, 2 the server refused or cannot be reached, 64 the command line is \
            wrong.
            """)

    enum Output: String, ExpressibleByArgument, CaseIterable { case text, json }

    @Option(help: "The ARN of who asks.")
    var principal: String
    @Option(help: "What they want to do, such as lambda:InvokeFunction.")
    var action: String
    @Option(help: "The ARN of what they want to do it to, or * where the action names nothing.")
    var resource = "*"
    @Option(help: "A condition key and its value, KEY=VALUE; the same key again makes a list.")
    var context: [String] = []
    @Flag(help: "Say what decides, and what nearly would have.")
    var explain = false
    @Option(help: "text: sentences; json: one object with all of it.")
    var output = Output.text
    @OptionGroup var server: ServerAccess.Options

    func validate() throws { _ = try Self.values(of: context) }

    func run() async throws {
        try await ExitStatus.reporting {
            let client = ServiceClient(access: try await server.access())
            let question: JSON = [
                "Principal": .string(principal), "Action": .string(action), "Resource": .string(resource),
                "Context": .object(try Self.values(of: context)),
            ]
            let answer = try await client.send(
                ServiceClient.Request(
                    service: "martlet", target: "/2026-11-20/access/explain",
                    headers: [("Content-Type", "application/json")], body: question.serialized)
            ).json()
            guard let isAllowed = answer["Allowed"]?.bool else { throw ClientError.malformedAnswer }
            switch output {
            case .json: Terminal.printLine(answer.text)
            case .text:
                let words = AccessWords(answer)
                for line in explain ? words.explanation : [words.verdict] {
                    Terminal.printLine(Terminal.harmless(line))
                }
            }
            if !isAllowed { throw ExitCode(1) }
        }
    }

    /// The values by key, in the order they were given.
    static func values(of texts: [String]) throws -> JSONObject {
        var values = JSONObject()
        for text in texts {
            guard let equals = text.firstIndex(of: "="), text[..<equals].contains(":") else {
                throw ValidationError("--context '\(text)': expected KEY=VALUE, such as aws:SourceIp=10.1.2.3.")
            }
            let (key, value) = (String(text[..<equals]), String(text[text.index(after: equals)...]))
            values[key] = .array((values[key]?.array ?? []) + [.string(value)])
        }
        return values
    }
}
