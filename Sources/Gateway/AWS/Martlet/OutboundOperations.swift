import AccessPolicy
import Core
import Platform

/// The operations of Martlet's own service on the way out and on secrets: what `martlet egress` and `martlet secrets` ask for.
package struct OutboundOperations: Sendable {
    let outbound: Outbound
    let secrets: Secrets

    /// Serves one account's rules and secrets.
    package init(outbound: Outbound, secrets: Secrets) {
        self.outbound = outbound
        self.secrets = secrets
    }

    /// The handlers by operation.
    package var operations: [String: OperationHandler] {
        let rules: [String: OperationHandler] = [
            "ListEgressRules": list, "GetEgressRules": get, "PutEgressRules": put, "DeleteEgressRules": remove,
        ]
        let values: [String: OperationHandler] = [
            "ListSecrets": listSecrets, "PutSecret": putSecret, "DeleteSecret": deleteSecret,
        ]
        return Guard.authorized(rules.merging(values) { first, _ in first }, service: "martlet") { call, _, input in
            let name =
                input["Scope"]?.string.map { "egress/\($0)" } ?? input["Name"]?.string.map { "secret/\($0)" }
            guard let name else { return .account(call.account) }
            return .named(
                ARN(service: "martlet", region: call.region, account: call.account, resource: name),
                owner: call.account)
        }
    }

    @Sendable private func list(_: Call, _ input: WireValue) async throws -> WireValue {
        ["Scopes": .list(try await outbound.scopes().map { .string("\($0)") })]
    }

    @Sendable private func get(_: Call, _ input: WireValue) async throws -> WireValue {
        let scope = try Self.scope(input)
        do { return ["Scope": .string("\(scope)"), "Rules": .string(try await outbound.text(of: scope))] } catch {
            throw Self.wire(error)
        }
    }

    @Sendable private func put(_: Call, _ input: WireValue) async throws -> WireValue {
        do { try await outbound.set(input["Rules"]?.string ?? "", for: try Self.scope(input)) } catch let error
            as Outbound.Failure
        { throw Self.wire(error) }
        return [:]
    }

    @Sendable private func remove(_: Call, _ input: WireValue) async throws -> WireValue {
        do { try await outbound.remove(try Self.scope(input)) } catch let error as Outbound.Failure {
            throw Self.wire(error)
        }
        return [:]
    }

    @Sendable private func listSecrets(_: Call, _ input: WireValue) async throws -> WireValue {
        do { return ["Names": .list(try await secrets.names().map { .string($0) })] } catch { throw Self.wire(error) }
    }

    @Sendable private func putSecret(_: Call, _ input: WireValue) async throws -> WireValue {
        do { try await secrets.put(input["Name"]?.string ?? "", input["Value"]?.blob ?? []) } catch {
            throw Self.wire(error)
        }
        return [:]
    }

    @Sendable private func deleteSecret(_: Call, _ input: WireValue) async throws -> WireValue {
        do { try await secrets.delete(input["Name"]?.string ?? "") } catch { throw Self.wire(error) }
        return [:]
    }

    private static func scope(_ input: WireValue) throws -> OutboundScope {
        guard let scope = OutboundScope(input["Scope"]?.string ?? "") else {
            throw WireError(
                "InvalidEgressRulesException", "A scope is 'account', 'topics', 'workflows' or 'function:NAME'.",
                status: 400)
        }
        return scope
    }

    private static func wire(_ failure: Outbound.Failure) -> WireError {
        switch failure {
        case .missing(let scope):
            WireError(
                "EgressRulesNotFoundException", "There are no rules of \(scope): nothing is allowed by it.", status: 404
            )
        case .flaw(let flaw): WireError("InvalidEgressRulesException", flaw.sentence, status: 400)
        case .store: WireError("ServiceException", "The store cannot be read or written at the moment.", status: 503)
        }
    }

    private static func wire(_ error: SecretError) -> WireError {
        switch error {
        case .badName:
            WireError(
                "InvalidSecretException",
                "A secret's name has 1 to 128 letters, digits, dashes, underscores, dots and slashes.", status: 400)
        case .tooLarge(let limit):
            WireError("InvalidSecretException", "A secret has at most \(limit) bytes.", status: 400)
        case .missing(let name):
            WireError("SecretNotFoundException", "There is no secret \(name).", status: 404)
        case .store, .keys:
            WireError("ServiceException", "The store cannot be read or written at the moment.", status: 503)
        }
    }
}
