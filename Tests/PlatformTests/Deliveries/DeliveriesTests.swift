import Core
import Logging
import Storage
import Synchronization
import Testing
import Vault

@testable import Platform

/// Parcels on their way to targets that a test makes up.
@Suite struct DeliveriesTests {
    /// Delivers as a test says.
    private final class Targets: DeliveryRoute {
        private let answers: Mutex<[String: DeliveryRefusal]>
        private let errands = Mutex(0)

        init(_ answers: [String: DeliveryRefusal] = [:]) { self.answers = Mutex(answers) }

        func mend() { answers.withLock { $0 = [:] } }

        var ran: Int { errands.withLock { $0 } }

        func delivery(of parcel: Parcel) async throws -> Delivery {
            let name = parcel.target.split(separator: ":").last.map(String.init) ?? ""
            if name == "far" {
                return .errand { [self] in
                    errands.withLock { $0 += 1 }
                    return answers.withLock { $0[name] }.map { .refused($0) } ?? .delivered
                }
            }
            if let refusal = answers.withLock({ $0[name] }) { return .refused(refusal) }
            let facts = parcel.attributes.map { attribute in
                "\(attribute.name)=\(String(decoding: attribute.bytes, as: UTF8.self))"
            }
            let text = ([String(decoding: parcel.payload, as: UTF8.self)] + facts).joined(separator: " ")
            return .operations([.enqueue(QueueID("got/\(name)"), body: Array(text.utf8))]) {}
        }
    }

    private let store = MemoryStore()
    private let deliveries: Deliveries
    private let here = Partition(account: .standard)

    init() {
        deliveries = Deliveries(
            account: .standard, store: store, keys: Keys(store: store, root: RootKey()), logger: Logger(label: "test"))
    }

    private func parcel(_ name: String, attempts: Int = 185, deadLetters: String? = nil) -> Parcel {
        var parcel = Parcel(
            account: .standard, target: "arn:aws:test:us-east-1:000000000000:\(name)",
            sender: Sender(service: "test.amazonaws.com", source: "arn:aws:test:us-east-1:000000000000:rule"),
            descent: Descent(), trace: TraceContext(), payload: Array("MARKER-\(name)".utf8))
        parcel.retry = DeliveryRetry(attempts: attempts, age: 86_400)
        parcel.deadLetters = deadLetters.map {
            Parcel.DeadLetterQueue(arn: "arn:aws:test:us-east-1:000000000000:\($0)", facts: ["RULE": "r"])
        }
        return parcel
    }

    private func items(_ queue: String) async throws -> [QueueItem] {
        try await store.items(here, QueueID(queue), after: nil, limit: 100)
    }

    private func texts(_ queue: String) async throws -> [String] {
        try await items(queue).map { String(decoding: $0.body, as: UTF8.self) }
    }

    /// Waits until so many items lie in a queue.
    private func arrived(_ count: Int, _ queue: String) async throws -> Bool {
        for _ in 0..<1000 {
            if try await items(queue).count == count { return true }
            try await Task.sleep(for: .milliseconds(10))
        }
        return false
    }

    private func running(_ body: @escaping @Sendable () async throws -> Void) async throws {
        let deliveries = deliveries
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await DeliveryWorker(deliveries).run() }
            try await body()
            group.cancelAll()
        }
    }

    @Test func `what can be delivered is there with the commit`() async throws {
        deliveries.add(Targets(), for: "test")
        try await deliveries.send([parcel("a"), parcel("b")], with: [.enqueue(QueueID("own"), body: [1])])
        #expect(try await texts("got/a") == ["MARKER-a"])
        #expect(try await texts("got/b") == ["MARKER-b"])
        #expect(try await items("own").count == 1)
    }

    @Test func `what cannot be delivered now waits, sealed, and is delivered later`() async throws {
        let targets = Targets(["a": .passing("THROTTLING", "not now")])
        deliveries.add(targets, for: "test")
        try await deliveries.send([parcel("a"), parcel("b")])
        #expect(try await texts("got/b") == ["MARKER-b"])
        let waiting = try await store.dueTimes(here, prefix: "deliveries/")
        #expect(waiting.count == 1)
        for entry in waiting {
            #expect(try await texts(entry.queue.text).allSatisfy { !$0.contains("MARKER") })
        }
        targets.mend()
        try await running {
            let isThere = try await arrived(1, "got/a")
            #expect(isThere)
        }
        #expect(try await store.dueTimes(here, prefix: "deliveries/").isEmpty)
    }

    @Test func `waiting for its turn takes no retry from a parcel, and it is never laid aside for it`() async throws {
        let targets = Targets(["far": .waiting("the host's share is in use"), "a": .waiting("stopped")])
        deliveries.add(targets, for: "test")
        try await deliveries.send([parcel("far", attempts: 0), parcel("a", attempts: 0)])
        try await running {
            for _ in 0..<1000 where targets.ran < 2 { try await Task.sleep(for: .milliseconds(10)) }
            #expect(targets.ran >= 2)
            #expect(try await items("dead-letters").isEmpty)
            targets.mend()
            let isThere = try await arrived(1, "got/a")
            #expect(isThere)
            for _ in 0..<1000 where try await !store.dueTimes(here, prefix: "deliveries/").isEmpty {
                try await Task.sleep(for: .milliseconds(10))
            }
        }
        #expect(try await store.dueTimes(here, prefix: "deliveries/").isEmpty)
        #expect(try await items("dead-letters").isEmpty)
    }

    @Test func `what is refused for good goes to its dead-letter queue with the reason`() async throws {
        deliveries.add(Targets(["a": .final("NO_PERMISSIONS", "may not")]), for: "test")
        try await deliveries.send([parcel("a", deadLetters: "dead")])
        #expect(
            try await texts("got/dead") == [
                "MARKER-a ERROR_CODE=NO_PERMISSIONS ERROR_MESSAGE=may not RETRY_ATTEMPTS=0 RULE=r"
            ])
        #expect(try await items("dead-letters").isEmpty)
    }

    @Test func `when retries are used up it is a dead letter, sealed, with all that is known`() async throws {
        deliveries.add(Targets(["far": .passing("HTTP_500", "broken"), "dead": .final("GONE", "")]), for: "test")
        try await deliveries.send([parcel("far", attempts: 1, deadLetters: "dead")])
        try await running {
            let isThere = try await arrived(1, "dead-letters")
            #expect(isThere)
        }
        let item = try #require(try await items("dead-letters").first)
        #expect(!String(decoding: item.body, as: UTF8.self).contains("MARKER"))
        let opened = try await deliveries.open(item.body)
        #expect(opened.refusal?.code == "HTTP_500")
        #expect(opened.attempts == 2)
        #expect(opened.parcel.payload == Array("MARKER-far".utf8))
    }

    @Test func `an errand runs until it succeeds`() async throws {
        let targets = Targets()
        deliveries.add(targets, for: "test")
        try await deliveries.send([parcel("far")])
        #expect(targets.ran == 0)
        try await running {
            for _ in 0..<1000 where targets.ran == 0 { try await Task.sleep(for: .milliseconds(10)) }
            for _ in 0..<1000 {
                if try await store.dueTimes(here, prefix: "deliveries/").isEmpty { break }
                try await Task.sleep(for: .milliseconds(10))
            }
        }
        #expect(targets.ran == 1)
        #expect(try await store.dueTimes(here, prefix: "deliveries/").isEmpty)
    }

    @Test func `a target of a kind that nobody serves is a dead letter, and can be sent anew`() async throws {
        try await deliveries.send([parcel("a")])
        let item = try #require(try await items("dead-letters").first)
        deliveries.add(Targets(), for: "test")
        let letters = DeadLetters(
            account: .standard, store: store, deliveries: deliveries, logger: Logger(label: "test")
        ) { _, _ in throw StoreError.unavailable }
        let page = try await letters.list(after: nil, limit: 10)
        #expect(page.letters.first?.reason.hasPrefix("TARGET_NOT_SERVED") == true)
        #expect(page.letters.first?.parcel?.target.hasSuffix(":a") == true)
        let isSent = try await letters.redrive(DeadLetters.ID(item.id))
        #expect(isSent)
        #expect(try await texts("got/a") == ["MARKER-a"])
        #expect(try await items("dead-letters").isEmpty)
    }

    @Test(arguments: [[], [0x81], [0x81] + [UInt8](repeating: 0, count: 64), [0x7F, 1, 2, 3]] as [[UInt8]])
    func `bytes that are no parcel are an error`(bytes: [UInt8]) async throws {
        await #expect(throws: (any Error).self) { _ = try await deliveries.open(bytes) }
    }

    @Test func `what cannot be read is no parcel for ever: it ends in the dead letters`() async throws {
        let queue = QueueID("deliveries/spoiled")
        _ = try await store.commit(here, [.enqueue(queue, body: [0x81] + [UInt8](repeating: 7, count: 64))])
        try await running {
            let isThere = try await arrived(1, "dead-letters")
            #expect(isThere)
        }
        let item = try #require(try await items("dead-letters").first)
        #expect(item.death?.reason.hasPrefix("Unreadable") == true)
        let letters = DeadLetters(
            account: .standard, store: store, deliveries: deliveries, logger: Logger(label: "test")
        ) { _, _ in throw StoreError.unavailable }
        let isSent = try await letters.redrive(DeadLetters.ID(item.id))
        #expect(!isSent)
    }

    @Test func `a parcel keeps all that it is in the store`() async throws {
        var sent = parcel("a", attempts: 7, deadLetters: "dead")
        let function = FunctionKey(account: .standard, name: try FunctionName("f"))
        sent = Parcel(copy: sent, created: sent.created, descent: Descent().below(function).below(function))
        sent.attributes = [
            MessageAttribute(name: "t", type: "String", value: .text("x")),
            MessageAttribute(name: "b", type: "Binary", value: .binary([0, 255])),
        ]
        (sent.group, sent.deduplication, sent.line) = ("g", "d", "a line of many")
        sent.channels = ResultChannels(onSuccess: try TopicName("yes"), onFailure: try TopicName("no"))
        let prepared = try await deliveries.postponed(sent, after: .zero)
        guard case .enqueue(_, let body, _, let group, _, _)? = prepared.operations.first else {
            Issue.record("nothing is written")
            return
        }
        #expect(group == "g")
        var opened = try await deliveries.open(body).parcel
        #expect(abs(opened.created.milliseconds - sent.created.milliseconds) < 2)
        opened = Parcel(copy: opened, created: sent.created)
        #expect(opened == sent)
    }
}

extension Parcel {
    /// The same with another time.
    fileprivate init(copy parcel: Parcel, created: Instant, descent: Descent? = nil) {
        self.init(
            id: parcel.id, account: parcel.account, target: parcel.target, sender: parcel.sender,
            descent: descent ?? parcel.descent, trace: parcel.trace, created: created, payload: parcel.payload)
        attributes = parcel.attributes
        group = parcel.group
        deduplication = parcel.deduplication
        line = parcel.line
        channels = parcel.channels
        retry = parcel.retry
        deadLetters = parcel.deadLetters
    }
}
