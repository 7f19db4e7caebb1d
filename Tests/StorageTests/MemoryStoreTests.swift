import Core
import Storage
import TestSupport
import Testing

/// Says in examples what the model, and with it every engine, promises.
@Suite struct MemoryStoreTests {
    let clock = ManualClock()
    let store: MemoryStore
    let here = Partition(account: .standard)
    let queue = QueueID("work")
    let worker = WorkerID("test")

    init() {
        store = MemoryStore(clock: StoreClock { [clock] in clock.now })
    }

    @Test func `a record is written only if it is as expected`() async throws {
        let key = RecordKey(kind: "function", id: "f")
        #expect(try await store.commit(here, [.put(key, value: [1], expect: .absent)]) == [.version(1)])
        await #expect(throws: StoreError.conflict(operation: 0)) {
            try await store.commit(here, [.put(key, value: [2], expect: .absent)])
        }
        #expect(try await store.commit(here, [.put(key, value: [2], expect: .version(1))]) == [.version(2)])
        #expect(try await store.get(here, key)?.value == [2])
    }

    @Test func `a version never comes back after a delete`() async throws {
        let key = RecordKey(kind: "function", id: "f")
        _ = try await store.commit(here, [.put(key, value: [1]), .put(key, value: [2]), .delete(key)])
        #expect(try await store.commit(here, [.put(key, value: [3])]) == [.version(3)])
    }

    @Test func `a batch is applied whole or not at all`() async throws {
        let key = RecordKey(kind: "function", id: "f")
        await #expect(throws: StoreError.conflict(operation: 1)) {
            try await store.commit(here, [.put(key, value: [1]), .put(key, value: [2], expect: .version(7))])
        }
        #expect(try await store.get(here, key) == nil)
    }

    @Test func `a scan goes on behind its cursor`() async throws {
        for id in ["b", "a", "c", "bb"] {
            _ = try await store.commit(here, [.put(RecordKey(kind: "k", id: id), value: [])])
        }
        let first = try await store.scan(here, .kind("k"), after: nil, limit: 2)
        #expect(first.records.map(\.key.id) == ["a", "b"])
        let text = try #require(first.next).text
        let second = try await store.scan(here, .kind("k"), after: Cursor(text: text), limit: 2)
        #expect(second.records.map(\.key.id) == ["bb", "c"])
        #expect(second.next == nil)
        let prefixed = try await store.scan(here, .kind("k", prefix: "b"), after: nil, limit: 9)
        #expect(prefixed.records.map(\.key.id) == ["b", "bb"])
    }

    @Test func `an item is claimed by one worker until its lease ends`() async throws {
        _ = try await store.commit(here, [.enqueue(queue, body: [1])])
        let first = try await store.claim(here, queue, max: 5, lease: .seconds(10), worker: worker)
        #expect(first.map(\.attempts) == [1])
        #expect(try await store.claim(here, queue, max: 5, lease: .seconds(10), worker: worker).isEmpty)
        clock.advance(milliseconds: 10_000)
        let second = try await store.claim(here, queue, max: 5, lease: .seconds(10), worker: worker)
        #expect(second.map(\.attempts) == [2])
        await #expect(throws: StoreError.leaseLost(operation: 0)) {
            try await store.commit(here, [.ack(first[0].lease)])
        }
        _ = try await store.commit(here, [.ack(second[0].lease)])
        #expect(try await store.stats(here, queue).depth == 0)
    }

    @Test func `what a process that is gone had in hand may be claimed at once`() async throws {
        let later = WriteOperation.enqueue(queue, body: [2], delay: .seconds(30))
        _ = try await store.commit(here, [.enqueue(queue, body: [1]), later, .enqueue(queue, body: [3])])
        let before = try await store.claim(here, queue, max: 1, lease: .seconds(60), worker: worker)
        store.reopen()
        await #expect(throws: StoreError.leaseLost(operation: 0)) {
            try await store.commit(here, [.ack(before[0].lease)])
        }
        let after = try await store.claim(here, queue, max: 5, lease: .seconds(60), worker: worker)
        #expect(after.map(\.body) == [[1], [3]], "what waits for its time goes on waiting")
        #expect(after.map(\.attempts) == [2, 1], "the attempt that was cut off stays counted")
    }

    @Test func `items of a group are handed out one after the other`() async throws {
        for body: UInt8 in 1...3 { _ = try await store.commit(here, [.enqueue(queue, body: [body], group: "g")]) }
        for body: UInt8 in 1...3 {
            let claimed = try await store.claim(here, queue, max: 5, lease: .seconds(10), worker: worker)
            #expect(claimed.map(\.body) == [[body]])
            _ = try await store.commit(here, [.ack(claimed[0].lease)])
        }
    }

    @Test func `a duplicate within five minutes is void`() async throws {
        let first = try await store.commit(here, [.enqueue(queue, body: [1], deduplication: "d")])
        guard case .item(let id) = first[0] else { throw StoreError.unavailable }
        #expect(try await store.commit(here, [.enqueue(queue, body: [1], deduplication: "d")]) == [.duplicate(of: id)])
        clock.advance(milliseconds: 300_000)
        #expect(try await store.commit(here, [.enqueue(queue, body: [1], deduplication: "d")]) != [.duplicate(of: id)])
    }

    @Test func `a dead letter says why and whence`() async throws {
        _ = try await store.commit(here, [.enqueue(queue, body: [1])])
        let claimed = try await store.claim(here, queue, max: 1, lease: .seconds(10), worker: worker)
        _ = try await store.commit(here, [.deadLetter(claimed[0].lease, to: QueueID("dead"), reason: "attempts")])
        let dead = try await store.claim(here, QueueID("dead"), max: 1, lease: .seconds(10), worker: worker)
        #expect(dead[0].death?.reason == "attempts")
        #expect(dead[0].death?.queue == queue)
        #expect(dead[0].attempts == 1)
    }

    @Test func `the items of a queue can be looked at, and one of them taken before its time`() async throws {
        _ = try await store.commit(
            here, [.enqueue(queue, body: [1], delay: .seconds(60)), .enqueue(queue, body: [2], priority: 5)])
        let items = try await store.items(here, queue, after: nil, limit: 9)
        #expect(items.map(\.body) == [[1], [2]])
        #expect(try await store.items(here, queue, after: items[0].id, limit: 9).map(\.body) == [[2]])
        let taken = try await store.claim(here, queue, item: items[0].id, lease: .seconds(10), worker: worker)
        #expect(taken?.body == [1] && taken?.attempts == 1)
        let again = try await store.claim(here, queue, item: items[0].id, lease: .seconds(10), worker: worker)
        #expect(again == nil, "it is in somebody's hands")
        _ = try await store.commit(here, [.ack(try #require(taken).lease)])
        let gone = try await store.claim(here, queue, item: items[0].id, lease: .seconds(10), worker: worker)
        #expect(gone == nil)
    }

    @Test func `a repeated commit is recognised for a day`() async throws {
        let id = CommitID()
        _ = try await store.commit(here, [.enqueue(queue, body: [1])], id: id)
        await #expect(throws: StoreError.alreadyApplied) {
            try await store.commit(here, [.enqueue(queue, body: [1])], id: id)
        }
        clock.advance(milliseconds: 24 * 3_600_000)
        _ = try await store.commit(here, [.enqueue(queue, body: [1])], id: id)
    }

    @Test func `whoever waits for a queue is woken by an enqueue`() async throws {
        let wakeups = store.wakeups([.queue(here, queue)])
        _ = try await store.commit(here, [.enqueue(QueueID("other"), body: [1]), .enqueue(queue, body: [1])])
        var iterator = wakeups.makeAsyncIterator()
        #expect(await iterator.next() == .queue(here, queue))
    }
}
