import ArgumentParser
import Core
import Gateway

/// `martlet logs`: what a function wrote.
struct LogShow: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "logs",
        abstract: "Print what a function wrote, and what was said about its calls.",
        discussion: """
            Each event with its time (UTC), oldest first; characters that command a terminal are replaced:

              martlet logs resize
              martlet logs resize --since 2h --filter ERROR
              martlet logs resize --follow

            With --follow it goes on until Ctrl-C. The filter is a CloudWatch Logs filter pattern.

            Exit status: 0 all is printed, 2 the server refused or cannot be reached, 64 the command line is wrong.
            """)

    @Argument(help: "The function's name.")
    var name: String
    @Flag(name: .shortAndLong, help: "Wait for more.")
    var follow = false
    @Option(help: "How far back to begin: a number with s, m, h or d.")
    var since = TimeSpan(milliseconds: 600_000)
    @Option(help: "Only events that match this pattern, such as ERROR or '\"out of memory\"'.")
    var filter: String?
    @OptionGroup var server: ServerAccess.Options

    func run() async throws {
        try await ExitStatus.reporting {
            let client = ServiceClient(access: try await server.access())
            var feed = LogFeed(since: Instant.now.advanced(milliseconds: -since.milliseconds))
            repeat {
                try await printNew(client, &feed)
                if follow { try await Task.sleep(for: .seconds(1)) }
            } while follow
        }
    }

    private func printNew(_ client: ServiceClient, _ feed: inout LogFeed) async throws {
        var token: String?
        let start = feed.start
        repeat {
            guard let page = try await page(client, from: start, token) else { return }
            for event in page["events"]?.array ?? [] {
                if let line = feed.take(event) { Terminal.printLine(line) }
            }
            token = page["nextToken"]?.string
        } while token != nil
    }

    /// A page of events; `nil` while the function has written nothing at all and one waits for it to begin.
    private func page(_ client: ServiceClient, from start: Instant, _ token: String?) async throws -> JSON? {
        var body = JSONObject([
            ("logGroupName", .string("/aws/lambda/\(name)")), ("startTime", .number(JSONNumber(start.milliseconds))),
        ])
        if let token { body["nextToken"] = .string(token) }
        if let filter { body["filterPattern"] = .string(filter) }
        do {
            return try await client.send(
                ServiceClient.Request(
                    service: "logs", target: "/",
                    headers: [
                        ("Content-Type", "application/x-amz-json-1.1"),
                        ("X-Amz-Target", "Logs_20140328.FilterLogEvents"),
                    ], body: JSON.object(body).serialized)
            ).json()
        } catch ClientError.refused(_, "ResourceNotFoundException", _) {
            if follow { return nil }
            throw ClientError.badInput(
                "'\(name)' has written nothing yet, or there is no such function. See 'martlet functions'.")
        }
    }
}
