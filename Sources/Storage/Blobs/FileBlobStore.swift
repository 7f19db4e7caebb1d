import Core
import Dispatch
import Synchronization

/// The blob store as immutable files below a folder.
///
/// It keeps what it is given; sealing is the caller's duty. A blob that no record names is garbage, which `sweep` removes
/// once it is old enough that nobody can be about to name it.
package final class FileBlobStore: BlobStore {
    /// How many may be read or written at a time.
    private static let width = 4

    private let files: BlobFiles
    private let queues: [DispatchQueue]
    /// What was written since the last sweep began.
    private let young = Mutex<Set<BlobID>>([])

    /// Keeps blobs below a folder, which is made if need be; blocks, so it is called while the program starts.
    package init(folder: String) throws(StoreOpenError) {
        do throws(FileFailure) {
            files = try BlobFiles(root: folder)
        } catch {
            throw .folder(code: error.code)
        }
        queues = (0..<Self.width).map { DispatchQueue(label: "blobs \($0)") }
    }

    /// Keeps bytes under a name, durable when it returns; if there is such a blob, it stays as it is.
    package func put(_ id: BlobID, _ bytes: [UInt8]) async throws(StoreError) {
        young.withLock { _ = $0.insert(id) }
        try await run(for: id) { files throws(FileFailure) in try files.write(bytes, as: id) }
    }

    /// The bytes of a blob, if it is there.
    package func get(_ id: BlobID) async throws(StoreError) -> [UInt8]? {
        try await run(for: id) { files throws(FileFailure) in try files.read(id) }
    }

    /// Deletes a blob; what is not there is deleted already.
    package func delete(_ id: BlobID) async throws(StoreError) {
        try await run(for: id) { files throws(FileFailure) in try files.remove(id) }
    }

    /// Names in order, behind one of them.
    package func list(after: BlobID?, limit: Int) async throws(StoreError) -> [BlobID] {
        try await page(after: after, limit: limit).map(\.id)
    }

    /// Removes old blobs that no record names, but none that was written since the sweep before; gives their number.
    package func sweep(olderThan age: Duration, isNamed: (BlobID) async throws -> Bool) async throws -> Int {
        let time = Instant.now.advanced(milliseconds: -age.milliseconds).seconds
        try await run(for: nil) { files throws(FileFailure) in try files.removeUnfinished(before: time) }
        let spared = young.withLock { young in
            defer { young = [] }
            return young
        }
        var removed = 0
        var last: BlobID?
        while true {
            let page = try await page(after: last, limit: 1000)
            for blob in page where blob.written < time && !spared.contains(blob.id) {
                guard try await !isNamed(blob.id), !young.withLock({ $0.contains(blob.id) }) else { continue }
                try await delete(blob.id)
                removed += 1
            }
            guard page.count == 1000 else { return removed }
            last = page.last?.id
        }
    }

    private func page(after: BlobID?, limit: Int) async throws(StoreError) -> [BlobFiles.Info] {
        try await run(for: nil) { files throws(FileFailure) in try files.list(after: after, limit: limit) }
    }

    /// Runs blocking calls on a thread that may block; one blob's calls come one after the other.
    private func run<Value: Sendable>(
        for id: BlobID?, _ body: @escaping @Sendable (BlobFiles) throws(FileFailure) -> Value
    ) async throws(StoreError) -> Value {
        let queue = queues[id.map { Int(UInt(bitPattern: $0.hashValue) % UInt(Self.width)) } ?? 0]
        return try await withCheckedContinuation { (reply: CheckedContinuation<Result<Value, StoreError>, Never>) in
            queue.async { [files] in
                let result = Result { () throws(FileFailure) in try body(files) }
                reply.resume(returning: result.mapError { $0.isFull ? .full : .unavailable })
            }
        }.get()
    }
}
