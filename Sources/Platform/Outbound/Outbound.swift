import Core
import Egress
import Storage

/// The rules of the way out: kept in the store, and in force from the next request on.
package actor Outbound {
    /// Why rules could not be set or read.
    package enum Failure: Error {
        case flaw(OutboundDocument.Flaw)
        case missing(OutboundScope)
        case store(StoreError)
    }

    private static let kind = "egress-rules"

    /// What the ways out of the sandboxes ask.
    package nonisolated let policies: OutboundPolicies
    private let partition: Partition
    private let store: any Store
    private let changed: @Sendable () async -> Void

    /// Keeps an account's rules in its partition of a store; tells of each change once it is in force.
    package init(
        account: AccountID, region: Region, store: any Store, changed: @escaping @Sendable () async -> Void = {}
    ) {
        self.store = store
        self.changed = changed
        partition = Partition(account: account)
        policies = OutboundPolicies(account: account, region: region)
    }

    /// Puts the stored rules in force; before that nothing may leave.
    ///
    /// Gives the scopes whose rules cannot be read, and so allow nothing.
    package func restore() async throws -> [OutboundScope] {
        var unreadable: [OutboundScope] = []
        for scope in try await scopes() {
            let text = try await text(of: scope)
            do { try policies.set(try OutboundDocument(text), for: scope) } catch { unreadable.append(scope) }
        }
        return unreadable
    }

    /// Sets the rules of a scope, in the place of those it has.
    package func set(_ text: String, for scope: OutboundScope) async throws(Failure) {
        let document: OutboundDocument
        do throws(OutboundDocument.Flaw) { document = try OutboundDocument(text) } catch { throw .flaw(error) }
        do throws(OutboundDocument.Flaw) { try policies.check(document, for: scope) } catch { throw .flaw(error) }
        try await commit(.put(Self.key(scope), value: Array(text.utf8)))
        do throws(EgressRuleFault) { try policies.set(document, for: scope) } catch { throw .flaw(.rule(error)) }
        await changed()
    }

    /// Takes the rules of a scope away.
    package func remove(_ scope: OutboundScope) async throws(Failure) {
        _ = try await text(of: scope)
        try await commit(.delete(Self.key(scope)))
        // Without rules there is nothing that could not go together with others.
        try? policies.set(nil, for: scope)
        await changed()
    }

    /// The rules of a scope, as they were written.
    package func text(of scope: OutboundScope) async throws(Failure) -> String {
        let record: Record?
        do throws(StoreError) { record = try await store.get(partition, Self.key(scope)) } catch {
            throw .store(error)
        }
        guard let record else { throw .missing(scope) }
        return String(decoding: record.value, as: UTF8.self)
    }

    /// The scopes that have rules, in order.
    package func scopes() async throws(Failure) -> [OutboundScope] {
        var scopes: [OutboundScope] = []
        var cursor: Cursor?
        repeat {
            let page: Page
            do throws(StoreError) {
                page = try await store.scan(partition, .kind(Self.kind), after: cursor, limit: 1000)
            } catch { throw .store(error) }
            scopes += page.records.compactMap { OutboundScope($0.key.id) }
            cursor = page.next
        } while cursor != nil
        return scopes
    }

    private static func key(_ scope: OutboundScope) -> RecordKey { RecordKey(kind: kind, id: "\(scope)") }

    private func commit(_ operation: WriteOperation) async throws(Failure) {
        do throws(StoreError) { _ = try await store.commit(partition, [operation]) } catch { throw .store(error) }
    }
}

extension Outbound.Failure: StoreCaused {
    package var storeError: StoreError? { if case .store(let error) = self { error } else { nil } }
}
