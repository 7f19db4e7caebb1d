import Core
import NIOCore
import Storage
import Synchronization
import Testing

@testable import Platform

@Suite struct EventSourcesTests {
    @Test func `messages call the function and are deleted`() async throws {
        let fixture = try await EventSourceFixture()
        let (queue, id) = try await fixture.make("q")
        try await fixture.send(["a", "b"], to: queue)
        try await fixture.running { () async throws in
            #expect(try await fixture.eventually { try await fixture.depth(queue) == 0 })
            #expect(try await fixture.sources.describe(id).state == .enabled)
        }
        #expect(Set(fixture.calls.flatMap(\.bodies)) == ["a", "b"])
    }

    @Test func `what a failed call had in hand comes again`() async throws {
        let fixture = try await EventSourceFixture { _ in .functionError(ByteBuffer()) }
        let (queue, id) = try await fixture.make("q", [("VisibilityTimeout", "3")])
        try await fixture.send(["a"], to: queue)
        try await fixture.running { () async throws in
            #expect(try await fixture.eventually { fixture.calls.count == 2 })
            let problem = try await fixture.sources.describe(id).problem
            #expect(problem == "PROBLEM: Function call failed")
        }
        #expect(try await fixture.depth(queue) == 1)
    }

    @Test func `a group of a FIFO queue is never in two hands, and goes on in its order`() async throws {
        let fixture = try await EventSourceFixture { called in
            try? await Task.sleep(for: .milliseconds(20))
            return .success(ByteBuffer())
        }
        let (queue, _) = try await fixture.make("q.fifo")
        try await fixture.send((0..<10).map(String.init), to: queue, group: "g")
        try await fixture.running { () async throws in
            #expect(try await fixture.eventually { try await fixture.depth(queue) == 0 })
        }
        #expect(fixture.calls.flatMap(\.bodies) == (0..<10).map(String.init))
        #expect(fixture.mostRunning == 1)
        #expect(fixture.calls.count == 1, "messages of one group come one by one")
    }

    @Test func `a batch holds several messages of each group, and what fails holds back what is behind it`()
        async throws
    {
        let tries = Mutex(0)
        let fixture = try await EventSourceFixture { called in
            let number = tries.withLock { tries in
                if called.bodies.contains("a2") { tries += 1 }
                return tries
            }
            guard let place = called.bodies.firstIndex(of: "a2"), number < 3 else { return .success(ByteBuffer()) }
            let id = called.ids[place]
            return .success(ByteBuffer(string: #"{"batchItemFailures":[{"itemIdentifier":"\#(id)"}]}"#))
        }
        let (queue, _) = try await fixture.make("q.fifo", [("VisibilityTimeout", "3")]) { $0.reportsFailures = true }
        for place in 0..<5 {
            try await fixture.send(["a\(place)"], to: queue, group: "a")
            try await fixture.send(["b\(place)"], to: queue, group: "b")
        }
        try await fixture.running { () async throws in
            #expect(try await fixture.eventually { try await fixture.depth(queue) == 0 })
        }
        let first = try #require(fixture.calls.first?.bodies)
        #expect(Set(first) == Set((0..<5).flatMap { ["a\($0)", "b\($0)"] }))
        #expect(first.filter { $0.hasPrefix("b") } == (0..<5).map { "b\($0)" })
        let bodies = fixture.calls.flatMap(\.bodies)
        #expect(bodies.filter { $0.hasPrefix("b") }.count == 5, "what was done came again")
        #expect(bodies.filter { $0 == "a0" || $0 == "a1" } == ["a0", "a1"])
        #expect(bodies.filter { $0 == "a2" }.count == 3)
        let last = fixture.calls.last?.bodies.filter { $0.hasPrefix("a") }
        #expect(last == ["a2", "a3", "a4"], "the order is lost")
    }

    @Test func `who has lost a group deletes nothing of it`() async throws {
        let fixture = try await EventSourceFixture()
        let (queue, _) = try await fixture.make("q.fifo")
        try await fixture.send(["1", "2", "3"], to: queue, group: "g")
        let head = try #require(
            try await fixture.queues.receive(1, from: queue.address, hiding: 30, waiting: 0).first)
        let behind = try await fixture.queues.followers(of: head, count: 10, in: queue)
        #expect(behind.map(\.message.body) == ["2", "3"])
        _ = try await fixture.queues.change([(head.receipt, .hide(0))], in: queue)
        let again = try await fixture.queues.receive(1, from: queue.address, hiding: 30, waiting: 0)
        #expect(again.map(\.body) == ["1"])
        try await fixture.queues.delete([(head.receipt, behind.map(\.item))], in: queue)
        #expect(try await fixture.depth(queue) == 3)
        try await fixture.queues.delete([(again[0].receipt, [behind[0].item])], in: queue)
        #expect(try await fixture.depth(queue) == 1)
        let outcome = try await fixture.queues.change([(behind[1].message.receipt, .delete)], in: queue)
        #expect(outcome.first != .some(nil), "a message that nobody received was deleted")
        #expect(try await fixture.depth(queue) == 1)
    }

    @Test func `no more calls run at a time than the mapping says`() async throws {
        let begun = EventSourceFixture.Counter()
        let fixture = try await EventSourceFixture { _ in
            _ = begun.next()
            // The first call waits for a second one, however late that comes on a busy machine.
            for _ in 0..<1000 where begun.value < 2 { try? await Task.sleep(for: .milliseconds(10)) }
            try? await Task.sleep(for: .milliseconds(30))
            return .success(ByteBuffer())
        }
        let (queue, _) = try await fixture.make("q") { settings in
            settings.batchSize = 1
            settings.concurrency = 2
        }
        try await fixture.send((0..<20).map(String.init), to: queue)
        try await fixture.running { () async throws in
            #expect(try await fixture.eventually { try await fixture.depth(queue) == 0 })
        }
        #expect(fixture.mostRunning == 2)
    }

    @Test func `no more calls run at a time than the function has reserved`() async throws {
        let fixture = try await EventSourceFixture { _ in
            try? await Task.sleep(for: .milliseconds(30))
            return .success(ByteBuffer())
        }
        fixture.set(reserved: 1)
        let (queue, _) = try await fixture.make("q") { $0.batchSize = 1 }
        try await fixture.send((0..<8).map(String.init), to: queue)
        try await fixture.running { () async throws in
            #expect(try await fixture.eventually { try await fixture.depth(queue) == 0 })
        }
        #expect(fixture.mostRunning == 1)
    }

    @Test func `calls at a time grow with what waits`() async throws {
        let fixture = try await EventSourceFixture { _ in
            try? await Task.sleep(for: .milliseconds(300))
            return .success(ByteBuffer())
        }
        let (queue, _) = try await fixture.make("q") { $0.batchSize = 1 }
        try await fixture.send((0..<50).map(String.init), to: queue)
        try await fixture.running { () async throws in
            #expect(try await fixture.eventually { try await fixture.depth(queue) == 0 })
        }
        #expect(fixture.mostRunning > PollingState.first)
    }

    @Test func `while a call could not begin no message is touched`() async throws {
        let fixture = try await EventSourceFixture()
        fixture.set(obstacle: "stopped")
        let (queue, _) = try await fixture.make("q")
        try await fixture.send(["a"], to: queue)
        try await fixture.running { () async throws in
            try await Task.sleep(for: .milliseconds(300))
            let item = try await fixture.store.items(queue.partition, queue.items, after: nil, limit: 1)[0]
            #expect(item.attempts == 0)
            fixture.set(obstacle: nil)
            #expect(try await fixture.eventually { try await fixture.depth(queue) == 0 })
        }
    }

    @Test func `a call that found no room is made again with the same messages, which were received once`() async throws
    {
        let attempts = EventSourceFixture.Counter()
        let fixture = try await EventSourceFixture { _ in
            attempts.next() < 3 ? .throttled(.account(limit: 1)) : .functionError(ByteBuffer())
        }
        let (queue, _) = try await fixture.make("q")
        try await fixture.send(["a"], to: queue)
        try await fixture.running { () async throws in
            #expect(try await fixture.eventually { fixture.calls.count == 3 })
            let item = try await fixture.store.items(queue.partition, queue.items, after: nil, limit: 1)[0]
            #expect(item.attempts == 1)
        }
        #expect(Set(fixture.calls.flatMap(\.ids)).count == 1)
    }

    @Test func `a mapping that is deleted while its function works ends after it`() async throws {
        let fixture = try await EventSourceFixture { _ in
            try? await Task.sleep(for: .milliseconds(200))
            return .success(ByteBuffer())
        }
        let (queue, id) = try await fixture.make("q")
        try await fixture.send(["a"], to: queue)
        try await fixture.running { () async throws in
            #expect(try await fixture.eventually { fixture.calls.count == 1 })
            _ = try await fixture.sources.delete(id)
            #expect(try await fixture.sources.describe(id).state == .deleting)
            await #expect(throws: EventSourceError.self) { _ = try await fixture.sources.delete(id) }
            #expect(
                try await fixture.eventually {
                    do { return try await fixture.sources.describe(id).state != .deleting } catch { return true }
                })
            #expect(try await fixture.depth(queue) == 0)
        }
        #expect(try await fixture.sources.records.all().isEmpty)
        await #expect(throws: KeysError.self) {
            _ = try await fixture.keys.existingKey(for: "event-source/\(id)", in: .standard)
        }
    }

    @Test func `mappings are there again after a restart, and nothing of them lies in the clear`() async throws {
        let fixture = try await EventSourceFixture()
        let marker = "MARKER-5521"
        let (queue, _) = try await fixture.make("q") { $0.filters = [#"{"body":["\#(marker)"]}"#] }
        let records = try await fixture.store.scan(
            queue.partition, .kind(EventSourceRecords.kind), after: nil, limit: 10
        ).records
        #expect(records.count == 1)
        #expect(records[0].value.firstRange(of: Array(marker.utf8)) == nil)
        let next = EventSources(
            account: .standard, store: fixture.store, keys: fixture.keys, queues: fixture.queues,
            identity: fixture.identity, surroundings: fixture.sources.surroundings, logger: fixture.sources.logger)
        try await next.restore()
        #expect(
            await next.list(queue: nil, function: nil).map(\.source)
                == fixture.sources.list(queue: nil, function: nil).map(\.source))
    }

    @Test func `mappings that another server makes, changes and deletes are followed`() async throws {
        let fixture = try await EventSourceFixture()
        let other = EventSources(
            account: .standard, store: fixture.store, keys: fixture.keys, queues: fixture.queues,
            identity: fixture.identity, surroundings: fixture.sources.surroundings, logger: fixture.sources.logger)
        try await other.restore()
        let (_, id) = try await fixture.make("q")
        try await other.catchUp()
        #expect(try await other.describe(id).source.settings.batchSize == 10)
        _ = try await fixture.sources.update(id, function: nil) { $0.batchSize = 3 }
        try await other.catchUp()
        #expect(try await other.describe(id).source.settings.batchSize == 3)
        _ = try await other.update(id, function: nil) { $0.isEnabled = false }
        try await fixture.sources.catchUp()
        #expect(try await fixture.sources.describe(id).source.settings.isEnabled == false)
        try await fixture.running { () async throws in
            _ = try await fixture.sources.delete(id)
            #expect(
                try await fixture.eventually {
                    try await other.catchUp()
                    return await other.list(queue: nil, function: nil).isEmpty
                })
        }
    }

    @Test func `messages that nobody wants hold nobody up`() async throws {
        let fixture = try await EventSourceFixture()
        let (queue, _) = try await fixture.make("q") { settings in
            settings.batchSize = 1
            settings.filters = [#"{"body":["wanted"]}"#]
        }
        try await fixture.send((0..<50).map(String.init) + ["wanted"], to: queue)
        try await fixture.running { () async throws in
            #expect(try await fixture.eventually { try await fixture.depth(queue) == 0 })
        }
        #expect(fixture.calls.flatMap(\.bodies) == ["wanted"])
    }

    @Test func `what was gathered goes on when the mapping is switched off in its window`() async throws {
        let fixture = try await EventSourceFixture()
        let (queue, id) = try await fixture.make("q") { $0.window = 300 }
        try await fixture.send(["a"], to: queue)
        try await fixture.running { () async throws in
            #expect(try await fixture.eventually { try await fixture.queues.stats(queue).inFlight == 1 })
            _ = try await fixture.sources.update(id, function: nil) { $0.isEnabled = false }
            #expect(try await fixture.eventually { try await fixture.depth(queue) == 0 })
            let isOff = try await fixture.eventually { try await fixture.sources.describe(id).state == .disabled }
            #expect(isOff)
        }
        #expect(fixture.calls.count == 1)
    }

    @Test func `events are cut where they would be too large`() async throws {
        let fixture = try await EventSourceFixture()
        let (queue, _) = try await fixture.make("q") { $0.isEnabled = false }
        try await fixture.send(["a", "b", "c"], to: queue)
        let messages = try await fixture.queues.receive(3, from: queue.address, hiding: 30, waiting: 0)
        let records = messages.map { SourceRecord($0, queue: "arn", region: .standard) }
        let two = SourceRecord.size(records[..<2])
        #expect(SourceRecord.events(records, limit: two).map(\.count) == [2, 1])
        #expect(SourceRecord.events(records, limit: two - 1).map(\.count) == [1, 1, 1])
        #expect(SourceRecord.events(records, limit: 1).map(\.count) == [1, 1, 1])
        #expect(SourceRecord.events([]).isEmpty)
        let event = SourceRecord.event(Array(records[..<2]))
        #expect(event.count <= two)
        #expect(try JSON(parsing: event)["Records"]?.array?.count == 2)
    }

    @Test func `a function that calls itself over a queue is not called again, and the way is told`() async throws {
        let fixture = try await EventSourceFixture()
        let dead = try await fixture.queues.create(
            QueueAddress(account: .standard, name: QueueName("dead")), attributes: [], tags: [:])
        let redrive = #"{"deadLetterTargetArn":"\#(dead.address.arn(in: .standard))","maxReceiveCount":5}"#
        let (queue, _) = try await fixture.make("q", [("RedrivePolicy", redrive)])
        let function = FunctionKey(account: .standard, name: try FunctionName("f"))
        let other = FunctionKey(account: .standard, name: try FunctionName("g"))
        var descent = Descent()
        for _ in 0..<15 { descent = descent.below(function).below(other) }
        try await fixture.send(["goes on"], to: queue, descent: descent)
        descent = descent.below(function)
        try await fixture.send(["is ended"], to: queue, descent: descent)
        try await fixture.send(["from outside"], to: queue)
        try await fixture.running { () async throws in
            #expect(try await fixture.eventually { try await fixture.depth(queue) == 0 })
        }
        #expect(Set(fixture.calls.flatMap(\.bodies)) == ["goes on", "from outside"])
        let letter = try #require(
            try await fixture.queues.receive(1, from: dead.address, hiding: 30, waiting: 0).first)
        #expect(letter.body == "is ended")
        let loop = try #require(fixture.loops.withLock { $0 }.first)
        #expect((loop.descent.way, loop.function) == ("f ×16 → g ×15", function))
        #expect(loop.descent.lineage == descent.lineage)
    }

    @Test func `a function that may call itself over a queue is called`() async throws {
        let fixture = try await EventSourceFixture()
        fixture.set(recursion: .allow)
        let (queue, _) = try await fixture.make("q")
        var descent = Descent()
        for _ in 0..<20 { descent = descent.below(FunctionKey(account: .standard, name: try FunctionName("f"))) }
        try await fixture.send(["x"], to: queue, descent: descent)
        try await fixture.running { () async throws in
            #expect(try await fixture.eventually { fixture.calls.count == 1 })
        }
        #expect(fixture.calls[0].descent == descent)
    }

    @Test func `a call stands where the deepest of its messages does`() async throws {
        let fixture = try await EventSourceFixture()
        let (queue, _) = try await fixture.make("q") { $0.isEnabled = false }
        let deep = Descent().below(FunctionKey(account: .standard, name: try FunctionName("g")))
        try await fixture.send(["a"], to: queue)
        try await fixture.send(["b"], to: queue, descent: deep)
        let messages = try await fixture.queues.receive(2, from: queue.address, hiding: 30, waiting: 0)
        let records = messages.map { SourceRecord($0, queue: "arn", region: .standard) }
        #expect(SourceRecord.descent(of: records) == deep)
    }
}
