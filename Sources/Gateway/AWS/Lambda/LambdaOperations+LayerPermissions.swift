import Core
import Platform

extension LambdaOperations {
    var layerPermissionOperations: [String: Handler] {
        [
            "AddLayerVersionPermission": addLayerPermission, "GetLayerVersionPolicy": getLayerPolicy,
            "RemoveLayerVersionPermission": removeLayerPermission,
        ]
    }

    @Sendable private func addLayerPermission(_ request: Request) async throws -> WireValue {
        let input = request.input
        let name = try request.layer()
        let reference = LayerReference(
            account: request.account, region: request.call.region, name: name, version: request.layerVersion)
        let organization = input["OrganizationId"]?.string.flatMap { $0.isEmpty ? nil : $0 }
        let statement = PolicyStatement(
            sid: input["StatementId"]?.string ?? "", grantee: try .init(input["Principal"]?.string ?? ""),
            action: input["Action"]?.string ?? "", resource: reference.description,
            conditions: organization.map { [.init("StringEquals", "aws:PrincipalOrgID", $0)] } ?? [])
        let policy = try await functions.addLayerPermission(
            statement, to: name, version: request.layerVersion, expecting: input["RevisionId"]?.string,
            in: request.account)
        return ["Statement": .string(statement.json.text), "RevisionId": .string(policy.revision)]
    }

    @Sendable private func getLayerPolicy(_ request: Request) async throws -> WireValue {
        let layer = try await functions.layer(
            request.layer(), version: request.layerVersion, in: request.account)
        guard let policy = layer.version.policy else { throw FunctionError.policyMissing }
        return ["Policy": .string(policy.document), "RevisionId": .string(policy.revision)]
    }

    @Sendable private func removeLayerPermission(_ request: Request) async throws -> WireValue {
        try await functions.removeLayerPermission(
            request.input["StatementId"]?.string ?? "", from: request.layer(), version: request.layerVersion,
            expecting: request.input["RevisionId"]?.string, in: request.account)
        return [:]
    }
}
