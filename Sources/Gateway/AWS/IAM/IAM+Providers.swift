import Core
import Platform

/// OpenID Connect providers.
extension IAM {
    var providerOperations: [String: OperationHandler] {
        [
            "CreateOpenIDConnectProvider": createProvider, "GetOpenIDConnectProvider": getProvider,
            "DeleteOpenIDConnectProvider": deleteProvider, "ListOpenIDConnectProviders": listProviders,
            "AddClientIDToOpenIDConnectProvider": changing { (provider, input) throws(IdentityError) in
                try provider.add(client: input["ClientID"]?.string ?? "")
            },
            "RemoveClientIDFromOpenIDConnectProvider": changing { $0.remove(client: $1["ClientID"]?.string ?? "") },
            "UpdateOpenIDConnectProviderThumbprint": changing { $0.thumbprints = $1["ThumbprintList"]?.strings ?? [] },
            "TagOpenIDConnectProvider": changing { (provider, input) throws(IdentityError) in
                try provider.tags.set(input.tags())
            },
            "UntagOpenIDConnectProvider": changing { $0.tags.remove($1["TagKeys"]?.strings ?? []) },
            "ListOpenIDConnectProviderTags": listProviderTags,
        ]
    }

    /// An operation that changes the provider that its input names.
    private func changing(
        _ change: @escaping @Sendable (inout ProviderRecord, WireValue) throws(IdentityError) -> Void
    ) -> OperationHandler {
        { call, input in
            try await identity.changeProvider(input.policyARN("OpenIDConnectProviderArn")) {
                (provider) throws(IdentityError) in try change(&provider, input)
            }
            return Self.nothing
        }
    }

    private func listProviderTags(_ call: Call, _ input: WireValue) async throws -> WireValue {
        let provider = try await identity.provider(input.policyARN("OpenIDConnectProviderArn"))
        return ["Tags": Self.tags(provider.tags), "IsTruncated": false]
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
