import Synchronization

/// The blob store as a model in memory: what tests run on.
package final class MemoryBlobStore: BlobStore {
    private struct State {
        var blobs: [BlobID: (bytes: [UInt8], written: ContinuousClock.Instant)] = [:]
        var young: Set<BlobID> = []
    }

    private let state = Mutex(State())

    /// Makes an empty store.
    package init() {}

    package var count: Int { state.withLock { $0.blobs.count } }

    /// Keeps a blob.
    package func put(_ id: BlobID, _ bytes: [UInt8]) async throws(StoreError) {
        state.withLock { state in
            state.blobs[id] = (bytes, .now)
            state.young.insert(id)
        }
    }

    /// The bytes of a blob, if it is there.
    package func get(_ id: BlobID) async throws(StoreError) -> [UInt8]? { state.withLock { $0.blobs[id]?.bytes } }

    /// Forgets a blob.
    package func delete(_ id: BlobID) async throws(StoreError) { state.withLock { $0.blobs[id] = nil } }

    /// Names in order.
    package func list(after: BlobID?, limit: Int) async throws(StoreError) -> [BlobID] {
        let names = state.withLock { Array($0.blobs.keys) }.sorted()
        return Array(names.drop { name in after.map { name <= $0 } ?? false }.prefix(limit))
    }

    /// Forgets old blobs that no record names, but none that was written since the sweep before; gives their number.
    package func sweep(olderThan age: Duration, isNamed: (BlobID) async throws -> Bool) async throws -> Int {
        let limit = ContinuousClock.now - age
        let old = state.withLock { state in
            defer { state.young = [] }
            return state.blobs.filter { $0.value.written < limit && !state.young.contains($0.key) }.keys
        }
        var removed = 0
        for id in old {
            guard try await !isNamed(id), !state.withLock({ $0.young.contains(id) }) else { continue }
            try await delete(id)
            removed += 1
        }
        return removed
    }
}
