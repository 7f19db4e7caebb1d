import Core
import Logging
import Storage
import TestSupport
import Testing
import Vault

@testable import Platform

@Suite struct QueuesTests {
    let fixture = QueueFixture()

    @Test func `who sends little is served between those who send much`() async throws {
        let queue = try await fixture.make("fair")
        for number in 0..<100 { try await fixture.send("many \(number)", to: queue, group: "many") }
        try await fixture.send("few", to: queue, group: "few")
        try await fixture.send("nobody", to: queue)
        var bodies: [String] = []
        for _ in 0..<11 { bodies += try await fixture.receive("fair").map(\.body) }
        #expect(bodies.count == 102)
        #expect(bodies.prefix(18).contains("few") && bodies.prefix(18).contains("nobody"))
    }

    @Test func `nobody gets more messages than may be in hand`() async throws {
        let queues = Queues(
            store: fixture.store, keys: fixture.keys, region: .standard, logger: Logger(label: "test"), trust: .zero,
            handful: 3)
        for (name, group) in [("q", nil), ("q.fifo", "g")] as [(String, String?)] {
            let queue = try await fixture.make(name)
            for number in 0..<5 {
                try await fixture.send(
                    "\(number)", to: queue, group: group.map { $0 + "\(number)" },
                    deduplication: group.map { $0 + "\(number)" })
            }
            let taken = try await queues.receive(3, from: queue.address, hiding: 30, waiting: 0)
            #expect(taken.count == 3)
            if group == nil {
                await #expect(throws: QueueError.crowded) {
                    try await queues.receive(3, from: queue.address, hiding: 30, waiting: 0)
                }
            } else {
                #expect(try await queues.receive(3, from: queue.address, hiding: 30, waiting: 0).isEmpty)
            }
            _ = try await queues.change([(taken[0].receipt, .delete)], in: queue)
            #expect(try await queues.receive(3, from: queue.address, hiding: 30, waiting: 0).count == 2)
        }
    }

    @Test func `a dead letter that cannot be read does not keep the others from going back`() async throws {
        let dead = try await fixture.make("dead")
        let policy = #"{"deadLetterTargetArn":"arn:aws:sqs:us-east-1:000000000000:dead","maxReceiveCount":1}"#
        let live = try await fixture.make("live", [("RedrivePolicy", policy)])
        _ = try await fixture.store.commit(fixture.here, [.enqueue(dead.items, body: [1, 2, 3])])
        try await fixture.send("good", to: dead)
        let moves = MessageMoves(account: .standard, queues: fixture.queues)
        _ = try await moves.start(from: dead.address, to: live.address, perSecond: nil)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await moves.run() }
            for _ in 0..<1000 where try await moves.moves(of: dead.address, limit: 1).first?.isActive == true {
                try await Task.sleep(for: .milliseconds(10))
            }
            group.cancelAll()
        }
        let move = try #require(try await moves.moves(of: dead.address, limit: 1).first)
        #expect(move.status == .completed)
        #expect(move.moved == 1)
        #expect(try await fixture.receive("live").map(\.body) == ["good"])
        #expect(try await fixture.queues.stats(dead).depth == 1)
    }

    @Test func `what another server changes of a queue is seen a moment later`() async throws {
        let other = Queues(
            store: fixture.store, keys: fixture.keys, region: .standard, logger: Logger(label: "test"), trust: .zero)
        let queue = try await fixture.make("q")
        #expect(try await other.queue(queue.address).settings.delay == 0)
        try await fixture.queues.set([("DelaySeconds", "7")], of: queue.address)
        #expect(try await other.queue(queue.address).settings.delay == 7)
        try await fixture.queues.delete(queue.address)
        await #expect(throws: QueueError.missing) { try await other.queue(queue.address) }
    }

    @Test func `nothing of a message lies in the store in the clear, and nothing opens when its queue is gone`()
        async throws
    {
        let queue = try await fixture.make("q")
        let marker = "MARKER-77aa"
        var message = NewMessage(body: marker, sender: marker)
        message.attributes = [MessageAttribute(name: marker, type: "String", value: .text(marker))]
        message.group = marker
        _ = try await fixture.queues.send([message], to: queue)
        let items = try await fixture.store.items(fixture.here, queue.items, after: nil, limit: 10)
        #expect(items.count == 1)
        #expect(items[0].body.firstRange(of: Array(marker.utf8)) == nil)
        #expect(items[0].group == nil)
        try await fixture.queues.delete(queue.address)
        #expect(try await fixture.store.stats(fixture.here, queue.items).depth == 0)
        await #expect(throws: KeysError.erased(resource: queue.incarnation)) {
            try await fixture.keys.existingKey(for: queue.incarnation, in: .standard)
        }
    }

    @Test func `a message of one queue does not open in another`() async throws {
        let (one, two) = (try await fixture.make("one"), try await fixture.make("two"))
        try await fixture.send("x", to: one)
        let item = try await fixture.store.items(fixture.here, one.items, after: nil, limit: 1)[0]
        _ = try await fixture.store.commit(fixture.here, [.enqueue(two.items, body: item.body)])
        try await fixture.send("good", to: two)
        #expect(try await fixture.receive("two").map(\.body) == ["good"])
    }

    @Test func `what a message holds comes out as it went in`() async throws {
        let queue = try await fixture.make("q")
        var message = NewMessage(body: "body ü", sender: "me")
        message.attributes = [
            MessageAttribute(name: "b", type: "Binary.x", value: .binary([0, 255])),
            MessageAttribute(name: "a", type: "String", value: .text("ä")),
        ]
        message.group = "tenant"
        message.traceHeader = MessageAttribute(name: "AWSTraceHeader", type: "String", value: .text("Root=1"))
        let sent = try #require(try await fixture.queues.send([message], to: queue).first)
        let got = try #require(try await fixture.receive("q").first)
        #expect(got.id == sent.id)
        #expect((got.body, got.sender, got.group, got.traceHeader) == ("body ü", "me", "tenant", "Root=1"))
        #expect(got.attributes == message.attributes)
        #expect((got.descent, got.trace) == (message.descent, message.trace))
        #expect(MessageAttribute.md5(of: got.attributes) == sent.attributesMD5)
    }

    @Test func `a message that is too old is never received, and swept away`() async throws {
        let queue = try await fixture.make("q", [("MessageRetentionPeriod", "60")])
        try await fixture.send("old", to: queue)
        fixture.clock.advance(milliseconds: 30_000)
        try await fixture.send("new", to: queue)
        fixture.clock.advance(milliseconds: 30_000)
        #expect(try await fixture.receive("q", hiding: 0).map(\.body) == ["new"])
        fixture.clock.advance(milliseconds: 30_000)
        try await fixture.queues.sweep(.standard)
        #expect(try await fixture.store.stats(fixture.here, queue.items).depth == 0)
    }

    @Test func `what was sent to a queue while it was deleted is swept away`() async throws {
        let queue = try await fixture.make("q")
        try await fixture.queues.delete(queue.address)
        try await fixture.send("late", to: queue)
        try await fixture.queues.sweep(.standard)
        #expect(try await fixture.store.stats(fixture.here, queue.items).depth == 0)
    }

    @Test func `a duplicate is known for five minutes by the id of the first`() async throws {
        let queue = try await fixture.make("q.fifo")
        let first = try #require(try await fixture.send("1", to: queue, group: "g", deduplication: "d"))
        let got = try #require(try await fixture.receive("q.fifo").first)
        #expect((got.id, got.sequence) == (first.id, first.sequence))
        #expect(try await fixture.delete(got, from: queue) == nil)
        fixture.clock.advance(milliseconds: 299_999)
        #expect(try await fixture.send("2", to: queue, group: "g", deduplication: "d")?.id == first.id)
        fixture.clock.advance(milliseconds: 1)
        #expect(try await fixture.send("3", to: queue, group: "g", deduplication: "d")?.id != first.id)
        #expect(try await fixture.receive("q.fifo").map(\.body) == ["3"])
    }

    @Test func `a message in hand holds back its own group only`() async throws {
        let queue = try await fixture.make("q.fifo", [("ContentBasedDeduplication", "true")])
        for (body, group) in [("a1", "a"), ("a2", "a"), ("b1", "b")] {
            try await fixture.send(body, to: queue, group: group)
        }
        let first = try await fixture.receive("q.fifo")
        #expect(Set(first.map(\.body)) == ["a1", "b1"])
        #expect(try await fixture.receive("q.fifo").isEmpty)
        let held = try #require(first.first { $0.body == "a1" })
        #expect(try await fixture.delete(held, from: queue) == nil)
        #expect(try await fixture.receive("q.fifo").map(\.body) == ["a2"])
    }

    @Test func `a message that is received too often goes to the dead letters with its id, group and age`()
        async throws
    {
        let dead = try await fixture.make("dead")
        let target = dead.address.arn(in: .standard)
        let redrive = #"{"deadLetterTargetArn":"\#(target)","maxReceiveCount":2}"#
        let queue = try await fixture.make("q", [("RedrivePolicy", redrive)])
        let sent = try #require(try await fixture.send("poison", to: queue))
        let time = fixture.clock.now
        for _ in 0..<2 {
            #expect(try await fixture.receive("q").count == 1)
            fixture.clock.advance(milliseconds: 30_000)
        }
        #expect(try await fixture.receive("q").isEmpty)
        #expect(try await fixture.queues.depth(of: queue).waiting == 0)
        let letter = try #require(try await fixture.receive("dead").first)
        #expect((letter.id, letter.sent, letter.receives) == (sent.id, time, 1))
        #expect(letter.source == queue.address.arn(in: .standard).description)
        try await fixture.queues.delete(queue.address)
        fixture.clock.advance(milliseconds: 30_000)
        #expect(try await fixture.receive("dead").map(\.body) == ["poison"])
    }

    @Test func `a receipt that was changed, or is of another queue, is none`() async throws {
        let (queue, other) = (try await fixture.make("q"), try await fixture.make("other"))
        try await fixture.send("x", to: queue)
        let receipt = try #require(try await fixture.receive("q").first).receipt
        #expect(try await fixture.queues.change([(receipt, .delete)], in: other) == [.badReceipt])
        var bytes = Array(receipt.utf8)
        for index in bytes.indices {
            let byte = bytes[index]
            bytes[index] = byte == UInt8(ascii: "A") ? UInt8(ascii: "B") : UInt8(ascii: "A")
            let forged = String(decoding: bytes, as: UTF8.self)
            #expect(try await fixture.queues.change([(forged, .delete)], in: queue) == [.badReceipt])
            bytes[index] = byte
        }
        #expect(try await fixture.queues.change([(receipt, .delete)], in: queue) == [nil])
    }

    @Test func `a message stays hidden for twelve hours at most`() async throws {
        let queue = try await fixture.make("q")
        try await fixture.send("x", to: queue)
        let receipt = try #require(try await fixture.receive("q").first).receipt
        fixture.clock.advance(milliseconds: 20_000)
        let outcomes = try await fixture.queues.change(
            [(receipt, .hide(43_181)), (receipt, .hide(43_180))], in: queue)
        guard case .badValue = outcomes[0] else {
            Issue.record("hidden for too long")
            return
        }
        #expect(outcomes[1] == nil)
    }

    @Test func `whoever waits gets a message as soon as it is sent`() async throws {
        let queue = try await fixture.make("q")
        let queues = fixture.queues
        let got = try await withThrowingTaskGroup(of: [ReceivedMessage].self) { group in
            group.addTask { try await queues.receive(1, from: queue.address, hiding: nil, waiting: 20) }
            try await Task.sleep(for: .milliseconds(50))
            try await fixture.send("now", to: queue)
            return try await group.next() ?? []
        }
        #expect(got.map(\.body) == ["now"])
    }

    @Test func `whoever waits for a queue that is deleted is told so`() async throws {
        let queue = try await fixture.make("q")
        let queues = fixture.queues
        await #expect(throws: QueueError.missing) {
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { _ = try await queues.receive(1, from: queue.address, hiding: nil, waiting: 20) }
                try await queues.delete(queue.address)
                try await group.next()
            }
        }
    }

    @Test(arguments: [
        ("a", "0cc175b9c0f1b6a831c399e269772661"), ("", "d41d8cd98f00b204e9800998ecf8427e"),
    ])
    func `bodies have the MD5 of RFC 1321`(text: String, digest: String) {
        #expect(MD5Digest.hex(of: Array(text.utf8)) == digest)
    }

    @Test(arguments: ["", "a.fifo.fifo", ".fifo", "a b", "ü", String(repeating: "a", count: 81)])
    func `names that no queue can have are refused`(text: String) {
        #expect(throws: NameError.self) { try QueueName(text) }
    }
}
