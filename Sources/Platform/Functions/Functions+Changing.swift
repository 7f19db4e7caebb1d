import Core
import Storage

extension Functions {
    /// A function as it is now, by any qualifier.
    package func describe(
        _ name: FunctionName, _ qualifier: Qualifier?, in account: AccountID
    ) async throws(FunctionError) -> FunctionDescription {
        let state = try await load(name, in: account).value
        guard let routing = state.routing(for: qualifier) else {
            throw .functionMissing(arn: arn(name, qualifier, in: account))
        }
        let record = try await record(routing.main, of: name, state: state, in: account)
        return FunctionDescription(
            version: runnable(record, routing.main, of: name, state: state, in: account), tags: state.tags,
            reservedConcurrency: state.reservedConcurrency)
    }

    /// Replaces the code of the unpublished version, or only checks the new code in a dry run.
    package func updateCode(
        of name: FunctionName, _ new: CodeChange, in account: AccountID
    ) async throws(FunctionError) -> FunctionVersion {
        let before = try await load(name, in: account)
        try before.value.require(revision: new.expectedRevision)
        let unpacked = try await FunctionRecords.unpackedSize(of: new.archive)
        try await requireStorage(for: new.archive.count, in: account)
        let code =
            new.dryRun
            ? before.value.latest.code
            : try await records.storeCode(new.archive, unpackedSize: unpacked, key: before.key, in: account)
        guard !new.dryRun else {
            var latest = before.value.latest
            latest.code = code.resized(archive: new.archive.count, unpacked: unpacked)
            return runnable(latest, .latest, of: name, state: before.value, in: account)
        }
        do {
            return try await change(name, in: account) { draft throws(FunctionError) -> FunctionVersion in
                // Made anew under the same name in the meantime: its key is another one.
                guard draft.key == before.key else { throw .busy(name) }
                let old = draft.state.latest
                var configuration = old.configuration
                if let architecture = new.architecture { configuration.architecture = architecture }
                let record = try VersionRecord(
                    configuration: configuration, code: code, layerCode: old.layerCode, stamp: .now)
                try draft.state.replaceLatest(with: record, expecting: new.expectedRevision)
                guard new.publish else {
                    return runnable(record, .latest, of: name, state: draft.state, in: account)
                }
                return try await publish(&draft, expecting: .init(), description: nil)
            }
        } catch {
            await forgetUnreferenced(code, of: name, in: account)
            throw error
        }
    }

    /// Changes the configuration of the unpublished version by a function of the old one.
    package func updateConfiguration(
        of name: FunctionName, expecting revision: String?, in account: AccountID,
        _ body: @Sendable (inout FunctionConfiguration) throws(FunctionError) -> Void
    ) async throws(FunctionError) -> FunctionVersion {
        try await change(name, in: account) { draft throws(FunctionError) -> FunctionVersion in
            try draft.state.require(revision: revision)
            let old = draft.state.latest
            var configuration = old.configuration
            try body(&configuration)
            let layers = try await attach(configuration.layers, keeping: old, in: account)
            let record = try VersionRecord(
                configuration: configuration, code: old.code, layerCode: layers.code, stamp: .now)
            try draft.state.replaceLatest(with: record, expecting: revision)
            draft.operations += layers.checks
            return runnable(record, .latest, of: name, state: draft.state, in: account)
        }
    }

    /// Publishes the unpublished version; gives the newest one where that says the same already.
    package func publishVersion(
        of name: FunctionName, expecting expected: FunctionState.Expected, description: String?,
        in account: AccountID
    ) async throws(FunctionError) -> FunctionVersion {
        try await change(name, in: account) { draft throws(FunctionError) -> FunctionVersion in
            try await publish(&draft, expecting: expected, description: description)
        }
    }

    private func publish(
        _ draft: inout FunctionDraft, expecting expected: FunctionState.Expected, description: String?
    ) async throws(FunctionError) -> FunctionVersion {
        var previous: VersionRecord?
        if let newest = draft.state.newest {
            previous = try await version(newest, of: draft.name, in: draft.account)
        }
        let number: Int
        let record: VersionRecord
        switch try draft.state.publish(
            after: previous, expecting: expected, description: description, stamp: .now)
        {
        case .unchanged(let newest):
            (number, record) = (newest, previous ?? draft.state.latest)
        case .published(let new, let made):
            (number, record) = (new, made)
            try await draft.add(made, number: new, to: records)
        }
        return runnable(record, .published(number), of: draft.name, state: draft.state, in: draft.account)
    }

    private func forgetUnreferenced(_ code: CodeReference, of name: FunctionName, in account: AccountID) async {
        // Read anew: the commit may have happened although its outcome was not told.
        guard let found = try? await records.read(.function(name), in: account, as: FunctionState.self),
            found.value.latest.code.blob != code.blob
        else { return }
        await forgetUnused(code: code.blob, in: account)
    }
}

extension CodeReference {
    fileprivate func resized(archive: Int, unpacked: Int) -> CodeReference {
        CodeReference(blob: blob, key: key, sha256: sha256, size: archive, unpackedSize: unpacked)
    }
}
