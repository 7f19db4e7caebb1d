/// The tags of who asks, found by what a policy's keys bring along: a thousand keys are looked for in microseconds.
package struct PrincipalTags: Hashable, Sendable {
    private struct Entry: Hashable, Sendable {
        let hash: UInt64
        let key: String
        let value: String
    }

    /// In the order of their hashes.
    private let entries: [Entry]

    /// Takes tags by their keys as `ContextKey.tag` gives them.
    package init(_ tags: [String: String]) {
        entries = tags.map { Entry(hash: Bytes.hash($0), key: $0, value: $1) }.sorted {
            ($0.hash, $0.key) < ($1.hash, $1.key)
        }
    }

    var hashes: some Sequence<UInt64> { entries.lazy.map(\.hash) }

    /// The value of a tag, if there is one.
    package func value(of key: ContextKey) -> String? {
        var (low, high) = (0, entries.count)
        while low < high {
            let middle = (low + high) / 2
            if entries[middle].hash < key.tagHash { low = middle + 1 } else { high = middle }
        }
        while low < entries.count, entries[low].hash == key.tagHash {
            if let tag = key.tag, Bytes.same(entries[low].key, tag) { return entries[low].value }
            low += 1
        }
        return nil
    }
}
