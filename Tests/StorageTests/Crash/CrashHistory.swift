import Core
import Foundation
import GRDB
import Testing

@testable import Storage

/// What a writer said over its lives, and what must be found of it after each death.
///
/// A commit has one of three outcomes: acknowledged, failed, or unknown; an unknown one may be there or not.
struct CrashHistory {
    static let chains = 3
    static let here = Partition(account: .standard)

    private struct Row {
        /// How many commits were acknowledged, or found.
        var sure: Int64 = 0
        /// Whether the one behind them may be there too.
        var open = false
        /// Whether nobody knows of an attempt at it, so that later ones that fail do not say that it is absent.
        var isDoubtful = false
    }

    private var rows: [String: Row] = [:]
    private(set) var acknowledged = 0
    private(set) var unknown = 0
    private(set) var refused = 0

    /// Takes what the writer said in one life.
    mutating func read(_ lines: [Substring]) throws {
        for line in lines {
            let words = line.split(separator: " ")
            guard words.count >= 3, let number = Int64(words[2]) else { continue }
            let name = String(words[1])
            let row = rows[name] ?? Row()
            switch words[0] {
            case "i":
                try #require(number == row.sure, "\(line): the writer lost its place")
                rows[name] = Row(sure: row.sure, open: true, isDoubtful: row.isDoubtful)
            case "u": rows[name] = Row(sure: row.sure, open: true, isDoubtful: true)
            case "a":
                rows[name] = Row(sure: number + 1)
                acknowledged += 1
            case "f":
                rows[name] = Row(sure: row.sure, open: row.isDoubtful, isDoubtful: row.isDoubtful)
                refused += 1
            default: break
            }
        }
    }

    /// Compares with what is on the disk, and goes on from there.
    mutating func verify(_ folder: String) async throws {
        try Self.checkIntegrity(folder)
        let store = try SQLiteStore(folder: folder)
        let blobs = try FileBlobStore(folder: folder + "/blobs")
        do {
            for chain in 0..<Self.chains { try await verify(chain, store, blobs) }
        } catch {
            await store.close()
            throw error
        }
        await store.close()
    }

    private mutating func verify(_ chain: Int, _ store: SQLiteStore, _ blobs: FileBlobStore) async throws {
        let made = try await entries("in\(chain)", store)
        let done = try await entries("out\(chain)", store)
        #expect(done.elementsEqual(made.prefix(done.count)), "items were finished out of order, twice or never")
        let stats = try await store.stats(Self.here, QueueID("q\(chain)"))
        #expect(stats.depth == made.count - done.count, "an item was lost or came back")
        let count = try await store.get(Self.here, RecordKey(kind: "count", id: "in\(chain)"))
        #expect(count?.value == made.last, "a batch was applied in part")
        let page = try await store.scan(Self.here, .kind("blob"), after: nil, limit: 10_000)
        for record in page.records {
            let number = Int64(String(decoding: record.value, as: UTF8.self)) ?? -1
            let id = try #require(BlobID(record.key.id))
            let content = try await blobs.get(id)
            #expect(
                content == [UInt8](repeating: UInt8(truncatingIfNeeded: number), count: 10_000), "a named blob is gone")
        }
    }

    private mutating func entries(_ name: String, _ store: SQLiteStore) async throws -> [[UInt8]] {
        var found: [[UInt8]] = []
        while case let slice = try await store.read(
            Self.here, LogID(name), from: Int64(found.count), limit: 10_000, maxBytes: .max), !slice.entries.isEmpty
        {
            found += slice.entries.map(\.value)
        }
        #expect(found.enumerated().allSatisfy { $1 == Array("\($0)".utf8) }, "\(name) has a gap")
        let row = rows[name] ?? Row()
        let count = Int64(found.count)
        #expect(count >= row.sure, "\(name): \(row.sure - count) acknowledged commits are gone")
        #expect(count <= row.sure + (row.open ? 1 : 0), "\(name): a commit that failed, or was never tried, is there")
        if row.open { unknown += 1 }
        rows[name] = Row(sure: count)
        return found
    }

    private static func checkIntegrity(_ folder: String) throws {
        let queue = try DatabaseQueue(path: folder + "/store.sqlite")
        let answer = try queue.read { try String.fetchAll($0, sql: "PRAGMA integrity_check") }
        #expect(answer == ["ok"])
        try queue.close()
    }
}
