import Core
import Logging
import Storage

/// Deletes code that no record names: what a crash between the writing of a zip and its commit left behind.
package struct CodeSweep: Sendable {
    /// How old a zip is before anybody doubts that its commit will still come: far older than any request gets.
    static let safeAge = Duration.seconds(86_400)
    private static let interval = Duration.seconds(86_400)

    private let store: any Store
    private let records: FunctionRecords
    private let logger: Logger

    /// Sweeps what the functions and layers of all accounts left behind.
    package init(store: any Store, blobs: any BlobStore, keys: Keys, logger: Logger) {
        self.store = store
        records = FunctionRecords(store: store, blobs: blobs, keys: keys)
        self.logger = logger
    }

    /// Sweeps at once and then once a day, until the task is cancelled.
    @concurrent
    package func run() async {
        while !Task.isCancelled {
            do {
                let count = try await sweep()
                if count > 0 { logger.notice("Code that nothing names was deleted.", metadata: ["count": "\(count)"]) }
            } catch {
                logger.warning("Code that nothing names could not be deleted.", metadata: ["reason": "\(error)"])
            }
            do { try await Task.sleep(for: Self.interval) } catch { return }
        }
    }

    /// Deletes what nothing names; gives its number.
    ///
    /// Where one record cannot be read, nothing is deleted; where no zip is old enough, no record is read.
    func sweep(olderThan age: Duration = safeAge) async throws -> Int {
        var known: Set<String>?
        return try await records.blobs.sweep(olderThan: age) { blob in
            let names: Set<String>
            if let known { names = known } else { names = try await named() }
            known = names
            return names.contains(blob.text)
        }
    }

    /// The blobs that records name.
    ///
    /// The order matters: code goes from a function to its versions and from a layer to the deleted ones, never back, so
    /// what moves while this looks is seen at one of the two places.
    private func named() async throws -> Set<String> {
        var named: Set<String> = []
        for partition in try await store.partitions() {
            for kind in ["function", "function.version"] {
                named.formUnion(try await indexed(kind, in: partition))
            }
            for kind in ["layer.version", "layer.deleted"] {
                named.formUnion(try await layers(kind, in: partition.account))
            }
        }
        return named
    }

    private func indexed(_ kind: String, in partition: Partition) async throws -> Set<String> {
        var found: Set<String> = []
        var cursor: Cursor?
        repeat {
            let page = try await store.scan(partition, .kind(kind), after: cursor, limit: 1000)
            for record in page.records {
                guard let code = record.index.first(where: { $0.name == "code" }) else {
                    throw FunctionError.storageFailed(StoreFault(words: "the \(kind) \(record.key.id) names no code"))
                }
                found.insert(code.value)
            }
            cursor = page.next
        } while cursor != nil
        return found
    }

    private func layers(_ kind: String, in account: AccountID) async throws -> Set<String> {
        var found: Set<String> = []
        var last: String?
        while true {
            let page: (found: [(id: String, value: LayerVersion)], more: Bool) = try await records.list(
                kind, after: last, limit: 1000, in: account)
            found.formUnion(page.found.map(\.value.code.blob))
            guard page.more else { return found }
            guard let id = page.found.last?.id else {
                throw FunctionError.storageFailed(StoreFault(words: "a page of \(kind) could not be read"))
            }
            last = id
        }
    }
}
