import Core
import FoundationEssentials
import Storage
import Vault

/// The rules and budgets as they lie in the store: sealed, since they name functions and hosts, under ids that name none.
struct GovernorRecords: Sendable {
    private static let ruleKind = "governor-rule"
    private static let budgetKind = "governor-budget"
    private static let resource = "governor"

    let account: AccountID
    let store: any Store
    let keys: Keys

    private var here: Partition { Partition(account: account) }

    func put(_ rule: GovernorRule, for scope: GovernorScope) async throws(GovernorError) {
        try await put(rule, Self.ruleKind, Self.id(scope.description))
    }

    func removeRule(_ scope: GovernorScope) async throws(GovernorError) {
        try await remove(Self.ruleKind, Self.id(scope.description))
    }

    /// Keeps a budget; `nil` removes it.
    func put(_ budget: LineageBudget?, for entry: FunctionKey?) async throws(GovernorError) {
        let id = Self.id(entry.map { GovernorScope.function($0).description } ?? LineageBudget.anyEntry)
        if let budget {
            try await put(budget, Self.budgetKind, id)
        } else {
            try await remove(Self.budgetKind, id)
        }
    }

    func rules() async throws(GovernorError) -> [(scope: GovernorScope, rule: GovernorRule)] {
        var found: [(GovernorScope, GovernorRule)] = []
        for (id, rule) in try await all(GovernorRule.self, Self.ruleKind) {
            guard let scope = GovernorScope(rule.scope) else { throw .unreadable(id: id) }
            found.append((scope, rule))
        }
        return found
    }

    func budgets() async throws(GovernorError) -> [(entry: FunctionKey?, budget: LineageBudget)] {
        var found: [(FunctionKey?, LineageBudget)] = []
        for (id, budget) in try await all(LineageBudget.self, Self.budgetKind) {
            switch (budget.entry, GovernorScope(budget.entry)) {
            case (LineageBudget.anyEntry, _): found.append((nil, budget))
            case (_, .function(let entry)?): found.append((entry, budget))
            default: throw .unreadable(id: id)
            }
        }
        return found
    }

    private func put(_ value: some Encodable, _ kind: String, _ id: String) async throws(GovernorError) {
        let bytes: [UInt8]
        do { bytes = Array(try JSONEncoder().encode(value)) } catch { throw .invalid }
        do throws(KeysError) {
            let sealed = try await keys.seal(bytes, binding(kind, id))
            try await commit(.put(RecordKey(kind: kind, id: id), value: sealed))
        } catch .store(let error) { throw .notDurable(error) } catch { throw .keys(error) }
    }

    private func remove(_ kind: String, _ id: String) async throws(GovernorError) {
        do throws(KeysError) { try await commit(.delete(RecordKey(kind: kind, id: id))) } catch .store(let error) {
            throw .notDurable(error)
        } catch { throw .keys(error) }
    }

    private func commit(_ operation: WriteOperation) async throws(KeysError) {
        do { _ = try await store.commit(here, [operation]) } catch { throw .store(error) }
    }

    private func all<Value: Decodable>(
        _ type: Value.Type, _ kind: String
    ) async throws(GovernorError) -> [(id: String, value: Value)] {
        var found: [(String, Value)] = []
        var after: Cursor?
        repeat {
            let page: Page
            do { page = try await store.scan(here, .kind(kind), after: after, limit: 1000) } catch {
                throw .notDurable(error)
            }
            for record in page.records {
                do {
                    let bytes = try await keys.open(record.value, binding(kind, record.key.id))
                    found.append((record.key.id, try JSONDecoder().decode(type, from: Data(bytes))))
                } catch { throw .unreadable(id: record.key.id) }
            }
            after = page.next
        } while after != nil
        return found
    }

    private static func id(_ text: String) -> String { SHA256Digest.hex(of: text) }

    private func binding(_ kind: String, _ id: String) -> Binding {
        Binding(account: account, resource: Self.resource, use: "\(kind)/\(id)")
    }
}
