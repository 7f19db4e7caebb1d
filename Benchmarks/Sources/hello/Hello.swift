import Hummingbird
import Logging

/// Answers "hello" to every GET and POST of `/`, on the port given: the yardstick of the warm path.
///
/// `/v1/items` is a kibibyte, for the way out.
@main
enum Hello {
    static func main() async throws {
        let port = CommandLine.arguments.dropFirst().first.flatMap { Int($0) } ?? 8080
        let router = Router()
        router.get { _, _ in "hello" }
        let items = String(repeating: "x", count: 1024)
        router.get("/v1/items") { _, _ in items }
        router.post { request, _ in
            _ = try await request.body.collect(upTo: 6 << 20)
            return "hello"
        }
        var logger = Logger(label: "hello")
        logger.logLevel = .error
        let application = Application(
            router: router, configuration: .init(address: .hostname("127.0.0.1", port: port)), logger: logger)
        try await application.runService()
    }
}
