import Synchronization

/// What was read from the store lately, for any thread, without waiting.
///
/// What this server changes it forgets before the change is acknowledged; what another server on the store changes stays
/// unseen for a few seconds at most, because as long is a value taken as it was.
final class LatelyRead<Key: Hashable & Sendable, Value: Sendable>: Sendable {
    private struct Entry {
        let value: Value
        let end: ContinuousClock.Instant
    }

    private struct State {
        var entries: BoundedCache<Key, Entry>
        var changes: UInt64 = 0
    }

    private let state: Mutex<State>
    private let trust: Duration

    /// Keeps about `limit` values, each for as long as it is trusted.
    init(limit: Int, trust: Duration) {
        state = Mutex(State(entries: BoundedCache(limit: limit)))
        self.trust = trust
    }

    /// Counts changes: whoever read while it grew may have read what is old by now.
    var changes: UInt64 { state.withLock { $0.changes } }

    /// A value, as long as it need not be read again.
    subscript(_ key: Key) -> Value? {
        guard let entry = state.withLock({ $0.entries[key] }), .now < entry.end else { return nil }
        return entry.value
    }

    /// A value, however long ago it was read.
    func last(_ key: Key) -> Value? { state.withLock { $0.entries[key]?.value } }

    /// Keeps what was read since `changes` were counted; says whether nothing changed meanwhile.
    @discardableResult
    func keep(_ value: Value, for key: Key, ifUnchangedSince changes: UInt64) -> Bool {
        state.withLock { state in
            guard state.changes == changes else { return false }
            state.entries[key] = entry(value)
            return true
        }
    }

    /// After a commit, before it is acknowledged: what is known of a key is old, and this is new, unless what is known
    /// is newer still.
    func replace(_ key: Key, with value: Value, unless isNewer: (Value) -> Bool = { _ in false }) {
        state.withLock { state in
            state.changes += 1
            if let other = state.entries[key], isNewer(other.value) { return }
            state.entries[key] = entry(value)
        }
    }

    /// Before a change is acknowledged: what is known of a key is old.
    func forget(_ key: Key) {
        state.withLock { state in
            state.changes += 1
            state.entries.remove(key)
        }
    }

    /// Before a change is acknowledged: what is known of many keys is old.
    func forget(where matches: (Key) -> Bool) {
        state.withLock { state in
            state.changes += 1
            state.entries.removeAll(where: matches)
        }
    }

    private func entry(_ value: Value) -> Entry { Entry(value: value, end: .now + trust) }
}
