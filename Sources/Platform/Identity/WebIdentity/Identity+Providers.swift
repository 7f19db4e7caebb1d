import Core
import Storage
import Vault

/// OpenID Connect providers.
extension Identity {
    /// Makes a provider known.
    package func create(_ provider: ProviderRecord) async throws(IdentityError) {
        guard try await providers().count < ProviderRecord.limit else {
            throw .limit(.providers(ProviderRecord.limit))
        }
        do {
            try await commit([
                .put(Self.key(provider.url), value: try Self.encode(provider), expect: .absent)
            ])
        } catch .store(.conflict) {
            throw .alreadyExists(.provider, name: provider.url.url)
        }
    }

    /// Finds a provider by its address.
    package func provider(_ url: ProviderURL) async throws(IdentityError) -> ProviderRecord? {
        try await fetch(Self.key(url)).map { record throws(IdentityError) in
            try Self.decode(ProviderRecord.self, record.value)
        }
    }

    /// Finds a provider by its ARN.
    package func provider(_ arn: ARN) async throws(IdentityError) -> ProviderRecord {
        guard let url = providerURL(arn), let found = try await provider(url) else {
            throw .notFound(.provider, name: "\(arn)")
        }
        return found
    }

    /// Every provider, ordered by address.
    package func providers() async throws(IdentityError) -> [ProviderRecord] {
        var all: [ProviderRecord] = []
        var cursor: Cursor?
        repeat {
            let page: Page
            do throws(StoreError) {
                page = try await store.scan(
                    partition, .kind(ProviderRecord.recordKind), after: cursor, limit: ProviderRecord.limit)
            } catch { throw .store(error) }
            for record in page.records { all.append(try Self.decode(ProviderRecord.self, record.value)) }
            cursor = page.next
        } while cursor != nil
        return all
    }

    /// Forgets a provider; one that is not there is no error, as on AWS.
    package func deleteProvider(_ arn: ARN) async throws(IdentityError) {
        guard let url = providerURL(arn) else { throw .notFound(.provider, name: "\(arn)") }
        try await commit([.delete(Self.key(url))])
    }

    /// Pins the keys with which a provider signs its tokens, in the place of those it had; gives back those that count.
    package func pin(_ text: String, to arn: ARN) async throws(IdentityError) -> KeySet {
        let keys: KeySet
        do throws(KeySetError) { keys = try KeySet(parsing: Array(text.utf8)) } catch { throw .badKeySet(error) }
        try await changeProvider(arn) { $0.keySet = text }
        return keys
    }

    /// Changes a provider.
    package func changeProvider(
        _ arn: ARN, _ change: (inout ProviderRecord) throws(IdentityError) -> Void
    ) async throws(IdentityError) {
        guard let url = providerURL(arn), let found = try await fetch(Self.key(url)) else {
            throw .notFound(.provider, name: "\(arn)")
        }
        var provider = try Self.decode(ProviderRecord.self, found.value)
        try change(&provider)
        do {
            try await commit([
                .put(Self.key(url), value: try Self.encode(provider), expect: .version(found.version))
            ])
        } catch .store(.conflict) {
            throw .contention
        }
    }

    private nonisolated func providerURL(_ arn: ARN) -> ProviderURL? {
        let prefix = "oidc-provider/"
        guard arn.service == "iam", arn.account == account.text, arn.resource.hasPrefix(prefix) else { return nil }
        return ProviderURL(bare: String(arn.resource.dropFirst(prefix.count)))
    }

    private static func key(_ url: ProviderURL) -> RecordKey {
        RecordKey(kind: ProviderRecord.recordKind, id: url.text)
    }
}
