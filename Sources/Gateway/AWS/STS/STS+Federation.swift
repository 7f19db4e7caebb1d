import Core
import Platform

/// Credentials that a user asks for somebody else: `GetFederationToken`.
extension STS {
    @Sendable func federationToken(_ call: Call, _ input: WireValue) async throws -> WireValue {
        let name = try input.name("Name")
        let arn = ARN(service: "sts", region: nil, account: identity.account, resource: "federated-user/\(name)")
        try await Guard.check(
            call, Action(service: "sts", name: "GetFederationToken"), on: .named(arn, owner: identity.account),
            facts: RequestFacts.facts("sts", "GetFederationToken", input))
        let credential: Credential?
        do {
            credential = try await identity.session(
                for: name, by: call.principal, lasting: input["DurationSeconds"]?.int ?? 43_200,
                documents: sessionPolicies(call, input), tags: Self.tags(input))
        } catch let error as IdentityError {
            throw error.wire
        }
        guard let credential else {
            throw WireError("AccessDenied", "Cannot call GetFederationToken with session credentials", status: 403)
        }
        return [
            "Credentials": Self.shape(credential),
            "FederatedUser": [
                "FederatedUserId": .string(credential.principal.uniqueID), "Arn": "\(credential.principal.arn)",
            ],
        ]
    }
}
