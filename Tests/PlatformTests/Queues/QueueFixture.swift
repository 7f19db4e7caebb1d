import Core
import Logging
import Storage
import TestSupport
import Vault

@testable import Platform

/// Queues over a store in memory, whose clock stands still.
struct QueueFixture {
    let clock = ManualClock()
    let store: MemoryStore
    let keys: Keys
    let queues: Queues
    let here = Partition(account: .standard)

    init() {
        let clock = clock
        store = MemoryStore(clock: StoreClock { clock.now })
        keys = Keys(store: store, root: RootKey())
        queues = Queues(store: store, keys: keys, region: .standard, logger: Logger(label: "test"))
    }

    func address(_ name: String) throws -> QueueAddress {
        QueueAddress(account: .standard, name: try QueueName(name))
    }

    @discardableResult
    func make(_ name: String, _ attributes: [(name: String, value: String)] = []) async throws -> Queue {
        try await queues.create(address(name), attributes: attributes, tags: [:])
    }

    @discardableResult
    func send(_ body: String, to queue: Queue, group: String? = nil, deduplication: String? = nil) async throws
        -> SentMessage?
    {
        var message = NewMessage(body: body, sender: "test")
        message.group = group
        message.deduplication = deduplication
        try message.check(for: queue)
        return try await queues.send([message], to: queue).first
    }

    func receive(_ name: String, _ count: Int = 10, hiding: Int? = nil) async throws -> [ReceivedMessage] {
        try await queues.receive(count, from: address(name), hiding: hiding, waiting: 0)
    }

    func delete(_ message: ReceivedMessage, from queue: Queue) async throws -> QueueError? {
        try await queues.change([(message.receipt, .delete)], in: queue)[0]
    }
}
