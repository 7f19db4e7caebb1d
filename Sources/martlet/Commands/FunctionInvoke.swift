import ArgumentParser
import Core
import FoundationEssentials
import Gateway
import Glibc

/// `martlet invoke`: calls a function.
struct FunctionInvoke: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "invoke",
        abstract: "Call a function and print its answer.",
        discussion: """
            The payload is JSON, given as it is, read from a file, or from the standard input:

              martlet invoke resize --payload '{"width": 100}'
              martlet invoke resize --payload @event.json --log
              jq -c .detail event.json | martlet invoke resize --payload -

            With --async the call is queued and done later, as often as it takes. A version or an alias is named \
            behind a colon: martlet invoke resize:live

            Exit status: 0 the function answered, 1 the function failed (its error is what is printed), 2 the server \
            refused or cannot be reached, 64 the command line is wrong.
            """)

    @Argument(help: "The function's name, with :QUALIFIER for a version or an alias.")
    var name: String
    @Option(help: "JSON, @FILE to read a file, or - for the standard input.")
    var payload = "{}"
    @Flag(name: .customLong("async"), help: "Queue the call and return at once.")
    var isAsync = false
    @Flag(help: "Print the last 4 KB of the call's log to the standard error.")
    var log = false
    @OptionGroup var server: ServerAccess.Options

    func run() async throws {
        try await ExitStatus.reporting {
            let client = ServiceClient(access: try await server.access())
            let answer = try await client.send(try request())
            if log, let tail = answer.header("X-Amz-Log-Result").flatMap({ Base64.decode($0) }) {
                Terminal.printError(String(decoding: tail, as: UTF8.self))
            }
            if isAsync { return Terminal.printError("Queued.") }
            Terminal.write(answer.body)
            if Terminal.isInteractive { Terminal.printLine("") }
            guard let kind = answer.header("X-Amz-Function-Error") else { return }
            Terminal.printError("The function failed (\(kind)). See its log: martlet logs \(name)")
            throw ExitStatus.functionFailed
        }
    }

    private func request() throws -> ServiceClient.Request {
        let parts = name.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        let isARN = name.hasPrefix("arn:")
        var target = "/2015-03-31/functions/\(RequestSigner.escaped(isARN ? name : parts[0]))/invocations"
        if !isARN, parts.count == 2 { target += "?Qualifier=\(RequestSigner.escaped(parts[1]))" }
        return ServiceClient.Request(
            target: target,
            headers: [
                ("Content-Type", "application/json"),
                ("X-Amz-Invocation-Type", isAsync ? "Event" : "RequestResponse"),
                ("X-Amz-Log-Type", log && !isAsync ? "Tail" : "None"),
            ], body: try Self.bytes(of: payload))
    }

    /// The bytes that a payload option means; what is not JSON is refused here, where one sees what was read.
    static func bytes(of payload: String) throws -> [UInt8] {
        let bytes: [UInt8]
        if payload == "-" {
            bytes = try Terminal.readInput()
        } else if payload.hasPrefix("@") {
            let path = String(payload.dropFirst())
            guard let content = FileManager.default.contents(atPath: path) else {
                throw ClientError.badInput("The file '\(path)' cannot be read.")
            }
            bytes = Array(content)
        } else {
            bytes = Array(payload.utf8)
        }
        do { _ = try JSON(parsing: bytes) } catch {
            throw ClientError.badInput(
                "The payload is not JSON: \(error.reason) at byte \(error.offset). A text needs its own quotes: '\"text\"'"
            )
        }
        return bytes
    }
}
