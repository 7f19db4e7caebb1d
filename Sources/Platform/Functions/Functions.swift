import Core
import Storage
import Vault

/// The functions of all accounts: their configuration, code, versions, aliases, layers and permissions.
///
/// Nothing is loaded at start: every answer comes from the store, every change is one atomic commit under the
/// condition that the function is as it was read, and is tried again on what came in between.
package actor Functions {
    /// Told after each commit that changes what a call of the function means, before the change is acknowledged.
    package typealias ChangeHandler = @Sendable (AccountID, FunctionName) async -> Void

    package nonisolated let region: Region
    /// What callers' names meant lately.
    package nonisolated let resolved: ResolvedFunctions
    package nonisolated let limits: AccountLimits
    nonisolated let records: FunctionRecords
    private let onChange: ChangeHandler
    private var usages: [AccountID: AccountUsage] = [:]

    /// Most bytes of a zip that comes with the request itself.
    package static let archiveLimit = FunctionRecords.archiveLimit

    /// Most bytes of code and layers together, unpacked.
    package static let unpackedLimit = VersionRecord.unpackedLimit

    private static let attempts = 10

    /// Puts the registry on a store; `onChange` is how those who hold resolved functions learn that they are old.
    package init(
        store: any Store, blobs: any BlobStore, keys: Keys, region: Region, limits: AccountLimits = AccountLimits(),
        trust: Duration = .seconds(5), onChange: @escaping ChangeHandler = { _, _ in }
    ) {
        resolved = ResolvedFunctions(limit: 2048, trust: trust)
        records = FunctionRecords(store: store, blobs: blobs, keys: keys)
        self.region = region
        self.limits = limits
        self.onChange = onChange
    }

    /// The function's ARN, with a qualifier where one is given.
    package nonisolated func arn(
        _ name: FunctionName, _ qualifier: Qualifier? = nil, in account: AccountID
    ) -> String {
        "arn:aws:lambda:\(region):\(account):function:\(name)" + (qualifier.map { ":\($0)" } ?? "")
    }

    /// Reads a function, or says that there is none.
    func load(
        _ name: FunctionName, in account: AccountID
    ) async throws(FunctionError) -> FunctionRecords.Found<FunctionState> {
        guard let found = try await records.read(.function(name), in: account, as: FunctionState.self) else {
            throw .functionMissing(arn: arn(name, in: account))
        }
        return found
    }

    /// Reads a function, lets `body` change it, and writes it back; starts over if it changed in the meantime.
    func change<Result: Sendable>(
        _ name: FunctionName, in account: AccountID,
        _ body: (inout FunctionDraft) async throws(FunctionError) -> Result
    ) async throws(FunctionError) -> Result {
        for _ in 0..<Self.attempts {
            let before = resolved.changes
            let found = try await load(name, in: account)
            var draft = FunctionDraft(name: name, account: account, key: found.key, state: found.value)
            let result: Result
            let main: WriteOperation
            do {
                result = try await body(&draft)
                main = try await draft.write(to: records, expect: .version(found.version))
            } catch .keyErased {
                continue
            }
            guard try await records.commit([main] + draft.operations, in: account) else { continue }
            await settle(draft, was: found.value, since: before)
            return result
        }
        throw .busy(name)
    }

    /// After a commit: tells those who run the function, and deletes what no record names any more.
    private func settle(_ draft: FunctionDraft, was old: FunctionState, since before: UInt64) async {
        let latest = draft.state.latest
        await announce(
            draft.name, in: draft.account, bytes: draft.bytes + latest.code.size - old.latest.code.size,
            now: (draft.state, before))
        let gone = [old.latest] + draft.removed
        for blob in Set(gone.map(\.code.blob)).subtracting([latest.code.blob]) {
            await forgetUnused(code: blob, in: draft.account)
        }
        let layers = Set(gone.flatMap(\.configuration.layers)).subtracting(latest.configuration.layers)
        await forgetUnused(layers: layers, in: draft.account)
    }

    /// After a commit: counts what it changed, and tells those who run the function.
    ///
    /// What the function is `now`, and how many changes there were before, saves the first call from reading it; where
    /// there was another change since, that one knows better.
    func announce(
        _ name: FunctionName, in account: AccountID, functions: Int = 0, bytes: Int,
        now: (state: FunctionState, changes: UInt64)? = nil
    ) async {
        count(functions: functions, bytes: bytes, in: account)
        let isLatest = now?.changes == resolved.changes
        resolved.forget(name, in: account)
        if let now, isLatest {
            let function = ResolvedFunction(
                name: name, qualifier: nil, invokedARN: arn(name, in: account),
                reservedConcurrency: now.state.reservedConcurrency, eventInvoke: now.state.eventInvoke(for: nil),
                endsLoops: now.state.recursion == .terminate,
                tags: now.state.tags.foldedKeys, channels: ResultChannels(tags: now.state.tags),
                url: now.state.url(for: nil),
                policy: now.state.policyDocument(for: nil),
                main: runnable(now.state.latest, .latest, of: name, state: now.state, in: account))
            resolved.keep(
                function, as: FunctionReference(name: name), in: account, ifUnchangedSince: resolved.changes)
        }
        await onChange(account, name)
    }

    /// Reads one published version.
    func version(
        _ number: Int, of name: FunctionName, in account: AccountID
    ) async throws(FunctionError) -> VersionRecord {
        guard let found = try await records.read(.version(number, of: name), in: account, as: VersionRecord.self)
        else { throw .functionMissing(arn: arn(name, .version(number), in: account)) }
        return found.value
    }

    /// Reads a version, published or not.
    func record(
        _ number: VersionNumber, of name: FunctionName, state: FunctionState, in account: AccountID
    ) async throws(FunctionError) -> VersionRecord {
        switch number {
        case .latest: state.latest
        case .published(let number): try await version(number, of: name, in: account)
        }
    }

    /// Makes of a record what runs.
    nonisolated func runnable(
        _ record: VersionRecord, _ number: VersionNumber, of name: FunctionName, state: FunctionState,
        in account: AccountID
    ) -> FunctionVersion {
        var configuration = record.configuration
        if let label = record.label { configuration.description = label }
        return FunctionVersion(
            account: account, region: region, name: name, number: number, revision: record.revision,
            configuration: configuration, code: record.code, layerCode: record.layerCode,
            lastModified: Instant(milliseconds: record.lastModified), processor: state.processor)
    }

    /// Deletes a zip of a function if no version of it names it any more.
    func forgetUnused(code blob: String, in account: AccountID) async {
        // Whatever cannot be read now is left for the sweep of the blob store.
        guard (try? await records.exists("function.version", "code", blob, in: account)) == false else { return }
        await records.forgetCode([blob])
    }
}

extension Functions {
    /// How many functions an account has, and how many bytes of code.
    package func usage(of account: AccountID) async throws(FunctionError) -> AccountUsage {
        if let known = usages[account] { return known }
        let usage = try await records.usage(of: account)
        usages[account] = usage
        return usage
    }

    /// Keeps a usage that is known up to date; one that is not is counted when it is asked for.
    func count(functions: Int = 0, bytes: Int, in account: AccountID) {
        usages[account]?.functions += functions
        usages[account]?.codeBytes += bytes
    }

    /// Refuses code that does not fit into the account's storage any more.
    func requireStorage(for bytes: Int, in account: AccountID) async throws(FunctionError) {
        guard try await usage(of: account).codeBytes + bytes <= limits.codeStorage else {
            throw .codeStorageExceeded(limit: limits.codeStorage)
        }
    }
}
