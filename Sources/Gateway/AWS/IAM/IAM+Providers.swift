import Core
import Platform

/// OpenID Connect providers.
extension IAM {
    var providerOperations: [String: OperationHandler] {
        [
            "CreateOpenIDConnectProvider": createProvider, "GetOpenIDConnectProvider": getProvider,
            "DeleteOpenIDConnectProvider": deleteProvider, "ListOpenIDConnectProviders": listProviders,
        ]
    }

    private func createProvider(_ call: Call, _ input: WireValue) async throws -> WireValue {
        let text = input["Url"]?.string ?? ""
        guard let url = ProviderURL(text) else { throw IdentityError.badProviderURL(text) }
        var provider = try ProviderRecord(
            url: url, clientIDs: input["ClientIDList"]?.strings ?? [],
            thumbprints: input["ThumbprintList"]?.strings ?? [], created: .now)
        provider.tags = try TagSet(input.tags())
        try await identity.create(provider)
        return [
            "OpenIDConnectProviderArn": "\(provider.arn(in: identity.account))", "Tags": Self.tags(provider.tags),
        ]
    }

    private func getProvider(_ call: Call, _ input: WireValue) async throws -> WireValue {
        let provider = try await identity.provider(input.policyARN("OpenIDConnectProviderArn"))
        return [
            "Url": .string(provider.url.text), "ClientIDList": WireValue(provider.clientIDs),
            "ThumbprintList": WireValue(provider.thumbprints), "CreateDate": Self.date(provider.created),
            "Tags": Self.tags(provider.tags),
        ]
    }

    private func deleteProvider(_ call: Call, _ input: WireValue) async throws -> WireValue {
        try await identity.deleteProvider(input.policyARN("OpenIDConnectProviderArn"))
        return Self.nothing
    }

    private func listProviders(_ call: Call, _ input: WireValue) async throws -> WireValue {
        let arns: [WireValue] = try await identity.providers().map { ["Arn": "\($0.arn(in: identity.account))"] }
        return ["OpenIDConnectProviderList": .list(arns)]
    }
}
