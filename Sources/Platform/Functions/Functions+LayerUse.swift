import Core
import Storage

/// One version of a layer, and its name.
package struct LayerDescription: Sendable {
    package let reference: LayerReference
    package let version: LayerVersion
}

extension Functions {
    /// What layers stand for, and the conditions under which the commit that attaches them may happen.
    struct Attachment: Sendable {
        var code: [CodeReference] = []
        var checks: [WriteOperation] = []
    }

    /// Finds the code of layers; those that `old` already has stay as they are, even if they were deleted since.
    func attach(
        _ layers: [LayerReference], keeping old: VersionRecord?, in account: AccountID
    ) async throws(FunctionError) -> Attachment {
        guard layers.count <= FunctionConfiguration.layerLimit else {
            throw .configuration(.tooManyLayers(limit: FunctionConfiguration.layerLimit))
        }
        var attachment = Attachment()
        var seen: Set<String> = []
        for layer in layers {
            guard seen.insert(layer.layerARN).inserted else {
                throw .configuration(.layerRepeated(layer.layerARN))
            }
            if let position = old?.configuration.layers.firstIndex(of: layer), let old {
                attachment.code.append(old.layerCode[position])
                continue
            }
            guard layer.account == account, layer.region == region.text,
                let state = try await records.read(.layer(layer.name), in: account, as: LayerState.self),
                state.value.versions.contains(layer.version)
            else { throw .layerNotUsable(arn: layer.description) }
            attachment.code.append(try await loadLayer(layer.name, layer.version, in: account).value.code)
            // Written back as it is, so that the commit fails if the version is deleted meanwhile.
            attachment.checks.append(
                try await records.put(
                    state.value, at: .layer(layer.name), key: state.key, expect: .version(state.version), in: account))
        }
        return attachment
    }

    /// Deletes the code of layers that were deleted while functions used them, once no function does.
    func forgetUnused(layers: Set<LayerReference>, in account: AccountID) async {
        for layer in layers {
            let place = RecordKey.deletedLayerVersion(layer.version, of: layer.name)
            do {
                guard let found = try await records.read(place, in: account, as: LayerVersion.self),
                    try await !isUsed(layer)
                else { continue }
                guard try await records.commit([.delete(place, expect: .version(found.version))], in: account)
                else { continue }
                await records.forgetCode([found.value.code.blob])
            } catch {
                // Whatever cannot be read now is left for the next function that stops using the layer.
                continue
            }
        }
    }

    func isUsed(_ layer: LayerReference) async throws(FunctionError) -> Bool {
        for kind in ["function", "function.version"] {
            if try await records.exists(kind, "layer", layer.description, in: layer.account) { return true }
        }
        return false
    }

    func loadLayer(
        _ name: LayerName, _ number: Int, in account: AccountID
    ) async throws(FunctionError) -> FunctionRecords.Found<LayerVersion> {
        guard
            let found = try await records.read(.layerVersion(number, of: name), in: account, as: LayerVersion.self)
        else {
            throw .layerMissing(arn: "arn:aws:lambda:\(region):\(account):layer:\(name):\(number)")
        }
        return found
    }

    func put(
        _ version: LayerVersion, of name: LayerName, key: KeyName, expect: Expect, in account: AccountID
    ) async throws(FunctionError) -> WriteOperation {
        try await records.put(
            version, at: .layerVersion(version.number, of: name), key: key,
            index: [IndexValue(name: "bytes", value: String(version.code.size))], expect: expect, in: account)
    }

    nonisolated func describe(_ version: LayerVersion, of name: LayerName, in account: AccountID) -> LayerDescription {
        LayerDescription(
            reference: LayerReference(account: account, region: region, name: name, version: version.number),
            version: version)
    }
}
