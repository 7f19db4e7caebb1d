import Synchronization

/// The blob store as a model in memory: what tests run on.
package final class MemoryBlobStore: BlobStore {
    private let blobs = Mutex<[BlobID: [UInt8]]>([:])

    /// Makes an empty store.
    package init() {}

    package var count: Int { blobs.withLock { $0.count } }

    /// Keeps a blob.
    package func put(_ id: BlobID, _ bytes: [UInt8]) async throws(StoreError) { blobs.withLock { $0[id] = bytes } }

    /// The bytes of a blob, if it is there.
    package func get(_ id: BlobID) async throws(StoreError) -> [UInt8]? { blobs.withLock { $0[id] } }

    /// Forgets a blob.
    package func delete(_ id: BlobID) async throws(StoreError) { blobs.withLock { $0[id] = nil } }

    /// Names in order.
    package func list(after: BlobID?, limit: Int) async throws(StoreError) -> [BlobID] {
        let names = blobs.withLock { Array($0.keys) }.sorted()
        return Array(names.drop { name in after.map { name <= $0 } ?? false }.prefix(limit))
    }
}
