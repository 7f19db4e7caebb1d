import Core

/// Functions as callers named them lately, so that a warm call parses no name and asks no store.
///
/// Keyed by the request's raw target: the same bytes mean the same function until one changes.
struct TargetCache {
    /// Names kept; beyond it the cache starts over.
    static let limit = 8192

    private struct Key: Hashable {
        let target: String
        let account: AccountID
    }

    private var entries: [Key: ResolvedFunction] = [:]
    private(set) var generation = 0

    subscript(target: String, account: AccountID) -> ResolvedFunction? {
        entries[Key(target: target, account: account)]
    }

    /// Keeps what was resolved, unless something changed since `generation`.
    mutating func keep(_ function: ResolvedFunction, _ target: String, _ account: AccountID, since generation: Int) {
        guard generation == self.generation else { return }
        if entries.count >= Self.limit { entries.removeAll(keepingCapacity: true) }
        entries[Key(target: target, account: account)] = function
    }

    /// From time to time, since another server on the store may have changed functions.
    mutating func forgetAll() { entries.removeAll(keepingCapacity: true) }

    /// A function has changed.
    mutating func forget(_ name: FunctionName) {
        generation += 1
        entries = entries.filter { $0.value.name != name }
    }
}
