import Core
import NIOHTTP1

/// What the server answers about the rules of the way out, and about secrets.
struct OutboundService {
    let client: ServiceClient

    /// The scopes that have rules.
    func scopes() async throws -> [String] {
        try await send(.GET, "/egress").json()["Scopes"]?.array?.compactMap(\.string) ?? []
    }

    /// The rules of a scope, as they were written.
    func rules(of scope: String) async throws -> String {
        guard let text = try await send(.GET, "/egress/\(scope)").json()["Rules"]?.string else {
            throw ClientError.malformedAnswer
        }
        return text
    }

    /// Sets the rules of a scope.
    func set(_ rules: String, for scope: String) async throws {
        _ = try await send(.PUT, "/egress/\(scope)", ["Rules": .string(rules)])
    }

    /// Takes the rules of a scope away.
    func remove(_ scope: String) async throws { _ = try await send(.DELETE, "/egress/\(scope)") }

    /// The names of the secrets.
    func secrets() async throws -> [String] {
        try await send(.GET, "/secrets").json()["Names"]?.array?.compactMap(\.string) ?? []
    }

    /// Keeps a secret.
    func put(_ bytes: [UInt8], as name: String) async throws {
        _ = try await send(.PUT, "/secrets/\(name)", ["Value": .string(Base64.encode(bytes))])
    }

    /// Deletes a secret for good.
    func delete(_ name: String) async throws { _ = try await send(.DELETE, "/secrets/\(name)") }

    private func send(_ method: HTTPMethod, _ rest: String, _ body: JSON? = nil) async throws -> ServiceClient.Answer {
        try await client.send(
            ServiceClient.Request(
                service: "martlet", method: method, target: "/2026-11-20" + rest,
                headers: [("Content-Type", "application/json")], body: body.map { Array($0.text.utf8) } ?? []))
    }
}

extension ServerAccess.Options {
    /// The server's answers about the way out and about secrets.
    func outbound() async throws -> OutboundService {
        OutboundService(client: ServiceClient(access: try await access()))
    }
}
