import Core
import Storage

extension Functions {
    /// Makes a function; its first version too, if asked.
    package func create(_ new: NewFunction, in account: AccountID) async throws(FunctionError) -> FunctionVersion {
        let place = RecordKey.function(new.name)
        guard try await records.read(place, in: account, as: FunctionState.self) == nil else {
            throw .functionExists(new.name)
        }
        let unpacked = try await FunctionRecords.unpackedSize(of: new.archive)
        try await requireStorage(for: new.archive.count, in: account)
        for _ in 0..<3 {
            let key = try await records.makeKey(for: "function/\(new.name)", in: account)
            let code = try await records.storeCode(new.archive, unpackedSize: unpacked, key: key, in: account)
            let before = resolved.changes
            let made: (version: FunctionVersion, state: FunctionState)?
            do { made = try await commit(new, code: code, key: key, in: account) } catch {
                // Where the store failed, the commit may yet turn out to have happened.
                if !error.isStorageFailure { await discard(code, in: account) }
                throw error
            }
            if let made {
                let bytes = made.version.code.size * (made.version.number == .latest ? 1 : 2)
                await announce(new.name, in: account, functions: 1, bytes: bytes, now: (made.state, before))
                return made.version
            }
            await discard(code, in: account)
            guard try await records.read(place, in: account, as: FunctionState.self) == nil else {
                throw .functionExists(new.name)
            }
        }
        throw .busy(new.name)
    }

    /// Deletes a function with all its versions, aliases, permissions and reservations, and erases its key.
    package func delete(_ name: FunctionName, in account: AccountID) async throws(FunctionError) {
        try await deleteManyVersions(of: name, in: account)
        for _ in 0..<10 {
            let found = try await load(name, in: account)
            var operations: [WriteOperation] = [.delete(.function(name), expect: .version(found.version))]
            operations += (found.value.urls ?? [:]).values.map { .delete(.url($0.id)) }
            operations += found.value.published.map { .delete(.version($0, of: name)) }
            if found.value.reservedConcurrency != nil {
                operations.append(try await reserving(nil, for: name, in: account))
            }
            var all = [found.value.latest]
            for number in found.value.published { all.append(try await version(number, of: name, in: account)) }
            guard try await records.commit(operations, in: account) else { continue }
            let bytes = all.reduce(0) { $0 + $1.code.size }
            await announce(name, in: account, functions: -1, bytes: -bytes)
            await records.forgetCode(Set(all.map(\.code.blob)))
            await forgetKey(found.key, in: account)
            await forgetUnused(layers: Set(all.flatMap(\.configuration.layers)), in: account)
            return
        }
        throw .busy(name)
    }

    /// Deletes one published version.
    package func deleteVersion(
        _ number: Int, of name: FunctionName, in account: AccountID
    ) async throws(FunctionError) {
        try await change(name, in: account) { draft throws(FunctionError) in
            guard draft.state.published.contains(number) else { return }
            let record = try await version(number, of: name, in: account)
            try draft.state.deleteVersion(number)
            draft.remove(record, number: number)
        }
    }

    /// Functions by name, a page of them.
    package func list(
        after marker: String?, limit: Int, in account: AccountID
    ) async throws(FunctionError) -> Listing<FunctionVersion> {
        let page: (found: [(id: String, value: FunctionState)], more: Bool) = try await records.list(
            "function", after: try Marker.last(marker), limit: limit, in: account)
        let versions = page.found.compactMap { entry -> FunctionVersion? in
            // The id of a function's record is its name, checked when it was made.
            guard let name = try? FunctionName(entry.id) else { return nil }
            return runnable(entry.value.latest, .latest, of: name, state: entry.value, in: account)
        }
        return Listing(versions, next: page.more ? page.found.last.map { Marker.text($0.id) } : nil)
    }

    /// The versions of a function: the unpublished one, then the published ones in order.
    package func listVersions(
        of name: FunctionName, after marker: String?, limit: Int, in account: AccountID
    ) async throws(FunctionError) -> Listing<FunctionVersion> {
        let state = try await load(name, in: account).value
        let numbers: [VersionNumber] = [.latest] + state.published.map { .published($0) }
        let page = try Listing(of: numbers, after: marker, limit: limit) { Self.place(of: $0, of: name) }
        var versions: [FunctionVersion] = []
        for number in page.elements {
            let record = try await record(number, of: name, state: state, in: account)
            versions.append(runnable(record, number, of: name, state: state, in: account))
        }
        return Listing(versions, next: page.next)
    }

    /// All functions by name, each with all its versions, a page of them.
    package func listAllVersions(
        after marker: String?, limit: Int, in account: AccountID
    ) async throws(FunctionError) -> Listing<FunctionVersion> {
        var shown: [FunctionVersion] = []
        let last = try Marker.last(marker)?.split(separator: "/").map(String.init)
        if let last, last.count == 2, let name = try? FunctionName(last[0]) {
            do {
                shown = try await listVersions(of: name, after: Marker.text(last[1]), limit: limit, in: account)
                    .elements
            } catch .functionMissing {
                // Deleted since the page before.
            }
        }
        var from = last?.first
        while shown.count < limit {
            let page: (found: [(id: String, value: FunctionState)], more: Bool) = try await records.list(
                "function", after: from, limit: 10, in: account)
            for entry in page.found where shown.count < limit {
                // The id of a function's record is its name, checked when it was made.
                guard let name = try? FunctionName(entry.id) else { continue }
                let left = limit - shown.count
                shown += try await listVersions(of: name, after: nil, limit: left, in: account).elements
                from = entry.id
            }
            guard page.more || shown.count >= limit else { return Listing(shown, next: nil) }
        }
        let next = shown.last.map { Marker.text("\($0.name)/\(Self.place(of: $0.number, of: $0.name))") }
        return Listing(shown, next: next)
    }

    private static func place(of number: VersionNumber, of name: FunctionName) -> String {
        switch number {
        case .latest: "0"
        case .published(let number): RecordKey.version(number, of: name).id
        }
    }

    private func commit(
        _ new: NewFunction, code: CodeReference, key: KeyName, in account: AccountID
    ) async throws(FunctionError) -> (FunctionVersion, FunctionState)? {
        let stamp = ChangeStamp.now
        let layers = try await attach(new.configuration.layers, keeping: nil, in: account)
        let latest = try VersionRecord(
            configuration: new.configuration, code: code, layerCode: layers.code, stamp: stamp)
        var draft = FunctionDraft(
            name: new.name, account: account, key: key, state: try FunctionState(latest: latest, tags: new.tags))
        draft.operations = layers.checks
        var shown = (record: latest, number: VersionNumber.latest)
        if new.publish,
            case .published(let number, let record) = try draft.state.publish(
                after: nil, expecting: .init(), description: nil, stamp: .now)
        {
            try await draft.add(record, number: number, to: records)
            shown = (record, .published(number))
        }
        let main = try await draft.write(to: records, expect: .absent)
        guard try await records.commit([main] + draft.operations, in: account) else { return nil }
        return (runnable(shown.record, shown.number, of: new.name, state: draft.state, in: account), draft.state)
    }

    /// A batch holds a thousand operations: of more versions, all but a few go first.
    private func deleteManyVersions(of name: FunctionName, in account: AccountID) async throws(FunctionError) {
        while try await load(name, in: account).value.published.count > 500 {
            try await change(name, in: account) { draft throws(FunctionError) in
                for number in draft.state.published.prefix(500) {
                    for alias in draft.state.aliases.keys {
                        guard let alias = try? AliasName(alias) else { continue }
                        if let url = draft.state.url(for: .alias(alias)) {
                            draft.operations.append(.delete(.url(url.id)))
                        }
                        _ = draft.state.deleteAlias(alias)
                    }
                    let record = try await version(number, of: name, in: account)
                    try draft.state.deleteVersion(number)
                    draft.remove(record, number: number)
                }
            }
        }
    }

    private func discard(_ code: CodeReference, in account: AccountID) async {
        await records.forgetCode([code.blob])
        await forgetKey(KeyName(text: code.key), in: account)
    }

    private func forgetKey(_ key: KeyName, in account: AccountID) async {
        // A key that could not be erased now seals nothing that a record names.
        try? await records.keys.erase(key.text, in: account)
    }
}
