import Core
import NIOHTTP1

/// What the server answers about events.
struct EventService {
    let client: ServiceClient

    private static let path = "/2026-11-20/events"

    /// The events behind a number; without one none, but where to go on.
    func tail(bus: String?, pattern: String?, after: Int64?) async throws -> JSON {
        var body = JSONObject()
        if let bus { body["Bus"] = .string(bus) }
        if let pattern { body["Pattern"] = .string(pattern) }
        if let after { body["After"] = .number(JSONNumber(after)) }
        return try await client.send(
            ServiceClient.Request(
                service: "martlet", target: Self.path + "/tail", headers: [("Content-Type", "application/json")],
                body: JSON.object(body).serialized)
        ).json()
    }

    /// What became of an event.
    func why(_ id: String) async throws -> JSON {
        try await client.send(
            ServiceClient.Request(service: "martlet", method: .GET, target: Self.path + "/\(id)/why")
        ).json()
    }
}
