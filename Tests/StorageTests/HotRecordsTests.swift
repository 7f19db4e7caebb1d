import Core
import Synchronization
import Testing

@testable import Storage

/// What lies in memory of the records is never older than what a reader may see.
@Suite struct HotRecordsTests {
    private static let here = Partition(account: .standard)
    private static let key = RecordKey(kind: "function", id: "f")
    private static let record = Record(key: key, value: [1], version: 1)
    private static let write = [
        Work.commit(
            Work.Commit(partition: here, operations: [.put(key, value: [2])], id: nil), bytes: 1, { _ in })
    ]

    private let hot = HotRecords()

    private func search() -> HotRecords.Search { hot.search(Self.here, [Self.key]) }

    @Test func `what was read is found again`() {
        let first = search()
        #expect(first.found == nil)
        hot.end(first, [Self.record])
        #expect(search().found == [Self.record])
    }

    @Test func `what a commit may change is forgotten before it begins`() {
        hot.end(search(), [Self.record])
        hot.begin(Self.write)
        #expect(search().found == nil)
    }

    @Test func `a read that began before a commit ended is not kept`() {
        let before = search()
        hot.begin(Self.write)
        let meanwhile = search()
        hot.end()
        hot.end(before, [Self.record])
        hot.end(meanwhile, [Self.record])
        #expect(search().found == nil)
    }

    @Test func `a read that began after a commit is kept`() {
        hot.begin(Self.write)
        hot.end()
        hot.end(search(), [Self.record])
        #expect(search().found == [Self.record])
    }

    @Test func `a read that fails, and a record that is not there, leave nothing`() {
        hot.end(search(), [])
        #expect(search().found == nil)
        hot.end(search(), [nil])
        #expect(search().found == nil)
    }

    @Test func `all that are asked for must be there`() {
        hot.end(search(), [Self.record])
        let other = RecordKey(kind: "function", id: "g")
        #expect(hot.search(Self.here, [Self.key, other]).found == nil)
        #expect(hot.search(Self.here, []).found == [])
    }

    @Test func `names that only look alike are different`() {
        let (composed, decomposed) = ("\u{e9}", "e\u{301}")
        let record = Record(key: RecordKey(kind: "function", id: composed), value: [1], version: 1)
        hot.end(hot.search(Self.here, [record.key]), [record])
        #expect(hot.search(Self.here, [RecordKey(kind: "function", id: decomposed)]).found == nil)
        #expect(hot.search(Self.here, [record.key]).found?.count == 1)
    }

    @Test func `long records are read each time`() {
        let long = Record(
            key: Self.key, value: [UInt8](repeating: 0, count: HotRecords.longestRecord + 1), version: 1)
        hot.end(search(), [long])
        #expect(search().found == nil)
    }

    @Test func `what nobody asks for is forgotten when there is much, and what is asked for is kept`() {
        let hot = HotRecords(generationBytes: 20_000)
        func key(_ number: Int) -> RecordKey { RecordKey(kind: "function", id: "\(number)") }
        for number in 0..<100 {
            let record = Record(key: key(number), value: [UInt8](repeating: 0, count: 1000), version: 1)
            hot.end(hot.search(Self.here, [record.key]), [record])
            #expect(hot.search(Self.here, [key(0)]).found?.count == 1)
        }
        #expect(hot.search(Self.here, [key(1)]).found == nil)
    }

    @Test func `who reads after a commit was acknowledged never sees less`() async throws {
        try await withSQLiteStore { store in
            let acknowledged = Acknowledged()
            _ = try await store.commit(Self.here, [.put(Self.key, value: [0])])
            try await withThrowingTaskGroup { group in
                group.addTask {
                    for value in UInt8(1)...200 {
                        _ = try await store.commit(Self.here, [.put(Self.key, value: [value])])
                        acknowledged.value.withLock { $0 = value }
                    }
                }
                for _ in 0..<4 {
                    group.addTask {
                        while true {
                            let least = acknowledged.value.withLock { $0 }
                            let found = try #require(try await store.get(Self.here, Self.key)).value[0]
                            #expect(found >= least)
                            guard least < 200 else { return }
                            // What is found at once waits for nobody: the writer must have its turn.
                            await Task.yield()
                        }
                    }
                }
                try await group.waitForAll()
            }
        }
    }
}

/// The last value whose commit was acknowledged.
private final class Acknowledged: Sendable {
    let value = Mutex<UInt8>(0)
}
