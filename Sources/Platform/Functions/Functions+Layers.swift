import Core
import Storage

extension Functions {
    /// Publishes a version of a layer; the first one makes the layer.
    package func publishLayer(_ new: NewLayer, in account: AccountID) async throws(FunctionError) -> LayerDescription {
        let unpacked = try await FunctionRecords.unpackedSize(of: new.archive)
        try await requireStorage(for: new.archive.count, in: account)
        let place = RecordKey.layer(new.name)
        for _ in 0..<10 {
            let found = try await records.read(place, in: account, as: LayerState.self)
            let key: KeyName
            if let found {
                key = found.key
            } else {
                key = try await records.makeKey(for: "layer/\(new.name)", in: account)
            }
            var state = found?.value ?? LayerState()
            let number = try state.publish()
            let code = try await records.storeCode(new.archive, unpackedSize: unpacked, key: key, in: account)
            let version = LayerVersion(
                number: number, description: new.description, license: new.license, runtimes: new.runtimes,
                architectures: new.architectures, code: code, created: Instant.now.milliseconds)
            let operations = [
                try await records.put(
                    state, at: place, key: key, expect: found.map { .version($0.version) } ?? .absent, in: account),
                try await put(version, of: new.name, key: key, expect: .absent, in: account),
            ]
            guard try await records.commit(operations, in: account) else {
                await records.forgetCode([code.blob])
                continue
            }
            count(bytes: code.size, in: account)
            return describe(version, of: new.name, in: account)
        }
        throw .tooMany(what: "publishers of one layer", limit: 10)
    }

    /// One version of a layer.
    package func layer(
        _ name: LayerName, version: Int, in account: AccountID
    ) async throws(FunctionError) -> LayerDescription {
        describe(try await loadLayer(name, version, in: account).value, of: name, in: account)
    }

    /// Layers by name, each with its newest version that fits.
    package func listLayers(
        runtime: String?, architecture: String?, after marker: String?, limit: Int, in account: AccountID
    ) async throws(FunctionError) -> Listing<LayerDescription> {
        let page: (found: [(id: String, value: LayerState)], more: Bool) = try await records.list(
            "layer", after: try Marker.last(marker), limit: limit, in: account)
        var shown: [LayerDescription] = []
        for entry in page.found {
            // The id of a layer's record is its name, checked when it was made.
            guard let name = try? LayerName(entry.id) else { continue }
            for number in entry.value.versions.reversed() {
                let version = try await loadLayer(name, number, in: account).value
                guard version.matches(runtime: runtime, architecture: architecture) else { continue }
                shown.append(describe(version, of: name, in: account))
                break
            }
        }
        return Listing(shown, next: page.more ? page.found.last.map { Marker.text($0.id) } : nil)
    }

    /// The versions of a layer, newest first.
    package func listLayerVersions(
        of name: LayerName, runtime: String?, architecture: String?, after marker: String?, limit: Int,
        in account: AccountID
    ) async throws(FunctionError) -> Listing<LayerDescription> {
        let state = try await records.read(.layer(name), in: account, as: LayerState.self)?.value ?? LayerState()
        let last = try Marker.last(marker).flatMap { Int($0) } ?? .max
        let numbers = state.versions.reversed().filter { $0 < last }
        var shown: [LayerDescription] = []
        for number in numbers.prefix(limit) {
            let version = try await loadLayer(name, number, in: account).value
            guard version.matches(runtime: runtime, architecture: architecture) else { continue }
            shown.append(describe(version, of: name, in: account))
        }
        let reached = numbers.prefix(limit).last
        return Listing(shown, next: numbers.count > limit ? reached.map { Marker.text(String($0)) } : nil)
    }

    /// Deletes a version of a layer, if it is there; functions that use it go on doing so.
    package func deleteLayer(_ name: LayerName, version: Int, in account: AccountID) async throws(FunctionError) {
        for _ in 0..<10 {
            guard let layer = try await records.read(.layer(name), in: account, as: LayerState.self) else { return }
            var state = layer.value
            guard state.delete(version) else { return }
            let found = try await loadLayer(name, version, in: account)
            let used = try await isUsed(LayerReference(account: account, region: region, name: name, version: version))
            var operations = [
                try await records.put(
                    state, at: .layer(name), key: layer.key, expect: .version(layer.version), in: account),
                WriteOperation.delete(.layerVersion(version, of: name)),
            ]
            if used {
                operations.append(
                    try await records.put(
                        found.value, at: .deletedLayerVersion(version, of: name), key: found.key, expect: .any,
                        in: account))
            }
            guard try await records.commit(operations, in: account) else { continue }
            count(bytes: -found.value.code.size, in: account)
            if !used { await records.forgetCode([found.value.code.blob]) }
            return
        }
        throw .tooMany(what: "changes of one layer", limit: 10)
    }

    /// The plain zip of a version of a layer.
    package nonisolated func code(of layer: LayerDescription) async throws(FunctionError) -> [UInt8] {
        try await records.code(layer.version.code, in: layer.reference.account)
    }

    /// Lets somebody use a version of a layer.
    package func addLayerPermission(
        _ statement: PolicyStatement, to name: LayerName, version: Int, expecting revision: String?,
        in account: AccountID
    ) async throws(FunctionError) -> ResourcePolicy {
        try await changePolicy(of: name, version, in: account) { policy throws(FunctionError) in
            var changed = policy ?? ResourcePolicy(revision: RequestID().description)
            try changed.add(statement, expecting: revision, stamp: .now)
            policy = changed
        } ?? ResourcePolicy(revision: "")
    }

    /// Takes a permission back.
    package func removeLayerPermission(
        _ sid: String, from name: LayerName, version: Int, expecting revision: String?, in account: AccountID
    ) async throws(FunctionError) {
        _ = try await changePolicy(of: name, version, in: account) { policy throws(FunctionError) in
            guard var changed = policy else { throw .statementMissing(sid) }
            try changed.remove(sid, expecting: revision, stamp: .now)
            policy = changed.statements.isEmpty ? nil : changed
        }
    }

    private func changePolicy(
        of name: LayerName, _ number: Int, in account: AccountID,
        _ body: (inout ResourcePolicy?) throws(FunctionError) -> Void
    ) async throws(FunctionError) -> ResourcePolicy? {
        for _ in 0..<10 {
            let found = try await loadLayer(name, number, in: account)
            var version = found.value
            try body(&version.policy)
            let put = try await put(
                version, of: name, key: found.key, expect: .version(found.version), in: account)
            if try await records.commit([put], in: account) { return version.policy }
        }
        throw .tooMany(what: "changes of one layer", limit: 10)
    }
}
