import Core
import Platform

extension LambdaOperations {
    var layerOperations: [String: Handler] {
        [
            "PublishLayerVersion": publishLayer, "GetLayerVersion": getLayer, "GetLayerVersionByArn": getLayerByARN,
            "ListLayers": listLayers, "ListLayerVersions": listLayerVersions, "DeleteLayerVersion": deleteLayer,
        ]
    }

    @Sendable private func publishLayer(_ request: Request) async throws -> WireValue {
        let input = request.input
        let new = NewLayer(
            name: try request.layer(), archive: try (input["Content"] ?? [:]).archive(),
            description: input["Description"]?.string, license: input["LicenseInfo"]?.string,
            runtimes: input["CompatibleRuntimes"]?.strings ?? [],
            architectures: input["CompatibleArchitectures"]?.strings ?? [])
        return content(try await functions.publishLayer(new, in: request.account), request)
    }

    @Sendable private func getLayer(_ request: Request) async throws -> WireValue {
        let layer = try await functions.layer(
            request.layer(), version: request.layerVersion, in: request.account)
        return content(layer, request)
    }

    @Sendable private func getLayerByARN(_ request: Request) async throws -> WireValue {
        let reference: LayerReference
        do { reference = try LayerReference(request.input["Arn"]?.string ?? "") } catch { throw WireError(error) }
        guard reference.region == request.call.region.text else {
            throw WireError.unreachable(region: reference.region, from: request.call.region)
        }
        let layer = try await functions.layer(reference.name, version: reference.version, in: request.account)
        return content(layer, request)
    }

    @Sendable private func listLayers(_ request: Request) async throws -> WireValue {
        let input = request.input
        let page = try await functions.listLayers(
            runtime: input["CompatibleRuntime"]?.string, architecture: input["CompatibleArchitecture"]?.string,
            after: input["Marker"]?.string, limit: request.pageSize, in: request.account)
        return WireValue(page, named: "Layers") { layer in
            [
                "LayerName": .string(layer.reference.name.text), "LayerArn": .string(layer.reference.layerARN),
                "LatestMatchingVersion": item(layer),
            ]
        }
    }

    @Sendable private func listLayerVersions(_ request: Request) async throws -> WireValue {
        let input = request.input
        let page = try await functions.listLayerVersions(
            of: request.layer(), runtime: input["CompatibleRuntime"]?.string,
            architecture: input["CompatibleArchitecture"]?.string, after: input["Marker"]?.string,
            limit: request.pageSize, in: request.account)
        return WireValue(page, named: "LayerVersions", item)
    }

    @Sendable private func deleteLayer(_ request: Request) async throws -> WireValue {
        try await functions.deleteLayer(request.layer(), version: request.layerVersion, in: request.account)
        return [:]
    }

    private func item(_ layer: LayerDescription) -> WireValue {
        let version = layer.version
        return [
            "LayerVersionArn": .string(layer.reference.description), "Version": WireValue(version.number),
            "Description": WireValue(version.description),
            "CreatedDate": .string(Instant(milliseconds: version.created).amazonText),
            "CompatibleRuntimes": version.runtimes.isEmpty ? nil : WireValue(version.runtimes),
            "CompatibleArchitectures": version.architectures.isEmpty ? nil : WireValue(version.architectures),
            "LicenseInfo": WireValue(version.license),
        ]
    }

    private func content(_ layer: LayerDescription, _ request: Request) -> WireValue {
        let code = layer.version.code
        let link = links.link(to: .layer(layer.reference.name, layer.version.number), in: request.account)
        var value = item(layer)
        value["LayerArn"] = .string(layer.reference.layerARN)
        value["Description"] = .string(layer.version.description ?? "")
        value["Content"] = [
            "Location": .string(request.call.endpoint + link), "CodeSha256": .string(code.sha256),
            "CodeSize": WireValue(code.size),
        ]
        return value
    }
}

extension LambdaOperations.Request {
    /// The layer that `LayerName` names, by name or ARN.
    func layer() throws -> LayerName { try LayerSelector(input["LayerName"]?.string ?? "", in: call).name }

    /// The version of a layer that the path names; no version has the number 0.
    var layerVersion: Int { max(0, input["VersionNumber"]?.int ?? 0) }
}
