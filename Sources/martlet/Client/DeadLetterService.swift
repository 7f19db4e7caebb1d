import Core
import NIOHTTP1

/// What the server answers about dead letters.
struct DeadLetterService {
    let client: ServiceClient

    private static let path = "/2026-11-20/dead-letters"

    /// Every letter, page by page, oldest first.
    func all() async throws -> [JSON] {
        var letters: [JSON] = []
        var marker: String?
        repeat {
            let query = marker.map { "&Marker=\($0)" } ?? ""
            let page = try await send(.GET, "?MaxItems=1000\(query)").json()
            guard let list = page["DeadLetters"]?.array else { throw ClientError.malformedAnswer }
            letters += list
            marker = page["NextMarker"]?.string
        } while marker != nil
        return letters
    }

    /// One letter with its payload.
    func letter(_ id: DeadLetterID) async throws -> JSON { try await send(.GET, "/\(id.text)").json() }

    /// Tries a call anew.
    func redrive(_ id: DeadLetterID) async throws { _ = try await send(.POST, "/\(id.text)/redrive") }

    /// Throws a letter away.
    func delete(_ id: DeadLetterID) async throws { _ = try await send(.DELETE, "/\(id.text)") }

    private func send(_ method: HTTPMethod, _ rest: String) async throws -> ServiceClient.Answer {
        try await client.send(ServiceClient.Request(service: "martlet", method: method, target: Self.path + rest))
    }
}
