import Core
import GRDB
import TestSupport
import Testing

@testable import Storage

/// What nobody can see any more leaves the file, a few rows at a time.
@Suite struct SweeperTests {
    private static let here = Partition(account: .standard)

    @Test func `trimmed and dropped entries are deleted in the end`() async throws {
        try await withFolder { folder in
            let store = try SQLiteStore(folder: folder)
            let (cut, dropped) = (LogID("cut"), LogID("dropped"))
            for _ in 0..<5 {
                let entries = [[UInt8]](repeating: [1], count: 900)
                _ = try await store.commit(Self.here, [.append(cut, entries), .append(dropped, entries)])
            }
            _ = try await store.commit(Self.here, [.trim(cut, before: 4400), .dropLog(dropped)])
            #expect(try await store.read(Self.here, cut, from: 0, limit: 9, maxBytes: 9).first == 4400)
            try await waitUntil { try Self.rows("entry", folder) == 100 && Self.rows("trimmed", folder) == 0 }
            await store.close()
        }
    }

    @Test func `a queue that gets the number of a dropped one is empty`() async throws {
        try await withFolder { folder in
            let store = try SQLiteStore(folder: folder)
            let (old, new) = (QueueID("old"), QueueID("new"))
            _ = try await store.commit(
                Self.here, (0..<900).map { .enqueue(old, body: [1], group: $0 % 2 == 0 ? "g" : nil) })
            _ = try await store.commit(Self.here, [.dropQueue(old)])
            #expect(try await store.stats(Self.here, old).depth == 0)
            try await waitUntil { try Self.rows("queue", folder) == 0 && Self.rows("item", folder) == 0 }
            _ = try await store.commit(Self.here, [.enqueue(new, body: [2])])
            let stats = try await store.stats(Self.here, new)
            #expect(stats.depth == 1 && stats.ready == 1 && stats.blocked == 0)
            await store.close()
        }
    }

    @Test func `commit ids and deduplication texts are forgotten when their time is over`() async throws {
        let clock = ManualClock()
        try await withFolder { folder in
            let store = try SQLiteStore(folder: folder, clock: StoreClock { clock.now })
            for number in 0..<20 {
                _ = try await store.commit(
                    Self.here, [.enqueue(QueueID("q"), body: [], deduplication: "\(number)")], id: CommitID())
            }
            #expect(try Self.rows("applied", folder) == 20)
            clock.advance(milliseconds: 24 * 3_600_000)
            _ = try await store.commit(Self.here, [.put(RecordKey(kind: "k", id: "i"), value: [])])
            #expect(try Self.rows("applied", folder) == 0)
            #expect(try Self.rows("seen", folder) == 0)
            await store.close()
        }
    }

    @Test func `a cursor from outside is whole or refused`() {
        let cursor = Cursor(value: "a:\u{e9}", id: "{\u{0}}")
        #expect(Cursor(text: cursor.text) == cursor)
        for text in ["", ":", "1", "1:", "-1:ab", "3:\u{e9}", "1:\u{e9}", "99999999999999999999:a", "x:y"] {
            #expect(Cursor(text: text) == nil, "\(text)")
        }
    }

    private static func rows(_ table: String, _ folder: String) throws -> Int {
        var configuration = Configuration()
        configuration.readonly = true
        let queue = try DatabaseQueue(path: folder + "/store.sqlite", configuration: configuration)
        defer { try? queue.close() }
        return try queue.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM \(table)") } ?? -1
    }

    private func waitUntil(_ holds: () throws -> Bool) async throws {
        for _ in 0..<200 {
            if try holds() { return }
            try await Task.sleep(for: .milliseconds(10))
        }
        Issue.record("it did not come so far in two seconds")
    }
}
