import Core
import Platform

extension LambdaOperations {
    var aliasOperations: [String: Handler] {
        [
            "CreateAlias": createAlias, "GetAlias": getAlias, "UpdateAlias": updateAlias, "DeleteAlias": deleteAlias,
            "ListAliases": listAliases,
        ]
    }

    @Sendable private func createAlias(_ request: Request) async throws -> WireValue {
        show(
            try await functions.createAlias(
                request.alias(), of: request.wholeFunction(), change(request.input), in: request.account))
    }

    @Sendable private func getAlias(_ request: Request) async throws -> WireValue {
        show(try await functions.alias(request.alias(), of: request.wholeFunction(), in: request.account))
    }

    @Sendable private func updateAlias(_ request: Request) async throws -> WireValue {
        show(
            try await functions.updateAlias(
                request.alias(), of: request.wholeFunction(), change(request.input), in: request.account))
    }

    @Sendable private func deleteAlias(_ request: Request) async throws -> WireValue {
        try await functions.deleteAlias(request.alias(), of: request.wholeFunction(), in: request.account)
        return [:]
    }

    @Sendable private func listAliases(_ request: Request) async throws -> WireValue {
        let page = try await functions.listAliases(
            of: request.wholeFunction(), reaching: try version(request.input["FunctionVersion"]),
            after: request.input["Marker"]?.string, limit: request.pageSize, in: request.account)
        return WireValue(page, named: "Aliases", show)
    }

    private func change(_ input: WireValue) throws -> AliasChange {
        AliasChange(
            version: try version(input["FunctionVersion"]), weights: try weights(input["RoutingConfig"]),
            description: input["Description"]?.string, expectedRevision: input["RevisionId"]?.string)
    }

    private func version(_ value: WireValue?) throws -> VersionNumber? {
        guard let text = value?.string else { return nil }
        guard let number = VersionNumber(text) else {
            throw WireError.invalidParameter("'\(text.prefix(64))' is not a version of a function.")
        }
        return number
    }

    /// An empty routing takes the weights away.
    private func weights(_ routing: WireValue?) throws -> [Int: Double]? {
        guard let routing else { return nil }
        var weights: [Int: Double] = [:]
        for (name, weight) in routing["AdditionalVersionWeights"]?.fields?.members ?? [] {
            guard case .published(let number)? = VersionNumber(name), let weight = weight.double else {
                throw WireError(ConfigurationError.routingMalformed)
            }
            weights[number] = weight
        }
        return weights
    }

    private func show(_ alias: AliasDescription) -> WireValue {
        let routing: WireValue? = alias.alias.routing.additional.map {
            ["AdditionalVersionWeights": [String($0.version): .double($0.weight)]]
        }
        return [
            "AliasArn": .string(alias.arn), "Name": .string(alias.name.text),
            "FunctionVersion": .string(alias.alias.routing.main.description),
            "Description": .string(alias.alias.description), "RoutingConfig": routing ?? nil,
            "RevisionId": .string(alias.alias.revision),
        ]
    }
}
