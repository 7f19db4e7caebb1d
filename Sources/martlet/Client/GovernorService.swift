import Core
import NIOHTTP1
import Platform

/// What the server's governor answers.
struct GovernorService {
    let client: ServiceClient

    private static let path = "/2026-11-20/governor"

    /// What goes on now: the busiest rows of each dimension.
    func top(_ count: Int) async throws -> JSON { try await send(.GET, "/top?MaxItems=\(count)") }

    /// Every rule and every budget.
    func rules() async throws -> JSON { try await send(.GET, "/rules") }

    /// Lets no call of a scope begin; gives where that is kept already.
    func stop(_ scope: String, endCalls: Bool, reason: String?) async throws -> StopKeeping {
        var body = Self.body(scope, reason)
        if endCalls { body["EndCalls"] = true }
        let answer = try await send(.POST, "/stop", body)
        return StopKeeping(
            isRecorded: answer["Recorded"]?.bool ?? true, isStored: answer["Stored"]?.bool ?? true)
    }

    /// Limits the calls of a scope.
    func limit(_ scope: String, rate: Double?, concurrency: Int?, reason: String?) async throws {
        var body = Self.body(scope, reason)
        body["Rate"] = rate.flatMap { JSONNumber($0) }.map(JSON.number)
        body["Concurrency"] = concurrency.map { .number(JSONNumber(Int64($0))) }
        _ = try await send(.POST, "/limit", body)
    }

    /// Ends the rule of a scope.
    func lift(_ scope: String) async throws { _ = try await send(.POST, "/lift", Self.body(scope, nil)) }

    /// Sets what lineages that begin at an entry may use, or takes that back; gives what holds then.
    func setBudget(_ entry: String, _ figures: [(String, JSON)], reset: Bool) async throws -> JSON {
        var body = JSONObject([("Entry", .string(entry))] + figures)
        if reset { body["Reset"] = true }
        return try await send(.POST, "/budget", body)
    }

    private static func body(_ scope: String, _ reason: String?) -> JSONObject {
        var body = JSONObject([("Scope", .string(scope))])
        body["Reason"] = reason.map { .string($0) }
        return body
    }

    private func send(_ method: HTTPMethod, _ rest: String, _ body: JSONObject? = nil) async throws -> JSON {
        let answer = try await client.send(
            ServiceClient.Request(
                service: "martlet", method: method, target: Self.path + rest,
                headers: body == nil ? [] : [("Content-Type", "application/json")],
                body: body.map { JSON.object($0).serialized } ?? []))
        return answer.body.isEmpty ? [:] : try answer.json()
    }
}
