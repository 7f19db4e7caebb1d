import Core
import Logging
import Storage
import TestSupport
import Testing
import Vault

@testable import Platform

/// Calls that were given up are listed, opened, tried anew and deleted; nothing of them is opened without being asked.
@Suite struct DeadLettersTests {
    private let store = MemoryStore()
    private let keys: Keys
    private let letters: DeadLetters
    private let here = Partition(account: .standard)

    init() {
        let keys = Keys(store: store, root: RootKey())
        self.keys = keys
        let deliveries = Deliveries(account: .standard, store: store, keys: keys, logger: Logger(label: "test"))
        letters = DeadLetters(account: .standard, store: store, deliveries: deliveries, logger: Logger(label: "test")) {
            account, name in
            try await keys.key(for: "function/\(name)", in: account)
        }
    }

    /// Lets a call fail for good.
    private func fail(_ name: String, _ payload: String, errors: Int = 2) async throws -> WorkItem {
        let function = try FunctionName(name)
        let request = RequestID()
        let key = try await keys.key(for: "function/\(name)", in: .standard)
        let content = EventContent(payload: Array(payload.utf8), clientContext: "{}")
        let item = WorkItem(
            requestID: request, function: function, qualifier: .version(3), descent: Descent(depth: 5),
            trace: TraceContext(), accepted: Instant(milliseconds: 5), errors: errors,
            sealed: key.seal(
                content.bytes, binding: EventInvocations.binding(.standard, function, request)))
        try await setAside(item.bytes, "RetriesExhausted: Unhandled")
        return item
    }

    private func setAside(_ body: [UInt8], _ reason: String) async throws {
        _ = try await store.commit(here, [.enqueue(QueueID("events/orders"), body: body)])
        let claimed = try await claim()
        _ = try await store.commit(
            here, [.deadLetter(claimed.lease, to: EventInvocations.deadLetters, reason: reason)])
    }

    private func claim() async throws -> Claimed {
        let items = try await store.claim(
            here, QueueID("events/orders"), max: 1, lease: .seconds(60), worker: WorkerID("test"))
        return try #require(items.first)
    }

    @Test func `a letter says what, why, when, how often and where it comes from`() async throws {
        let item = try await fail("orders", "{}")
        let page = try await letters.list(after: nil, limit: 10)
        let letter = try #require(page.letters.first)
        #expect(letter.reason == "RetriesExhausted: Unhandled")
        #expect(letter.attempts == 3)
        #expect(letter.call?.requestID == item.requestID && letter.call?.function.text == "orders")
        #expect(letter.call?.qualifier == .version(3) && letter.call?.accepted == Instant(milliseconds: 5))
        #expect(letter.call?.lineage == item.lineage && letter.call?.trace == item.trace)
    }

    @Test func `a list goes on where it ended`() async throws {
        for name in ["a", "b", "c"] { _ = try await fail(name, "{}") }
        let first = try await letters.list(after: nil, limit: 2)
        #expect(first.letters.map { $0.call?.function.text } == ["a", "b"])
        let second = try await letters.list(after: first.next, limit: 2)
        #expect(second.letters.map { $0.call?.function.text } == ["c"])
        #expect(try await letters.list(after: second.next, limit: 2).next == nil)
    }

    @Test func `its content is opened for who asks for it`() async throws {
        _ = try await fail("orders", #"{"secret":1}"#)
        let id = try #require(try await letters.list(after: nil, limit: 1).letters.first).id
        let found = try #require(try await letters.open(id))
        #expect(found.content == DeadLetters.Content(payload: Array(#"{"secret":1}"#.utf8), clientContext: "{}"))
        try await keys.erase("function/orders", in: .standard)
        #expect(try #require(try await letters.open(id)).content == nil, "its key was erased")
        #expect(try await letters.open(try #require(DeadLetters.ID("999"))) == nil)
    }

    @Test func `a letter that is tried anew is a call that just came`() async throws {
        let item = try await fail("orders", "{}")
        let id = try #require(try await letters.list(after: nil, limit: 1).letters.first).id
        #expect(try await letters.redrive(id))
        #expect(try await letters.list(after: nil, limit: 1).letters.isEmpty)
        let claimed = try await claim()
        let call = try WorkItem(claimed.body)
        #expect(call.requestID == item.requestID && call.sealed == item.sealed && call.lineage == item.lineage)
        #expect(call.errors == 0 && claimed.attempts == 1)
        #expect(call.accepted > item.accepted, "or its age would end it at once")
        #expect(try await !letters.redrive(id), "it is gone")
    }

    @Test func `a deleted letter is gone`() async throws {
        _ = try await fail("orders", "{}")
        let id = try #require(try await letters.list(after: nil, limit: 1).letters.first).id
        #expect(try await letters.delete(id))
        #expect(try await !letters.delete(id))
        #expect(try await store.stats(here, EventInvocations.deadLetters).depth == 0)
    }

    @Test func `what is no call is shown and deleted, not tried`() async throws {
        try await setAside([9, 9], "Malformed: unknownVersion(9)")
        let letter = try #require(try await letters.list(after: nil, limit: 1).letters.first)
        #expect(letter.call == nil && letter.reason == "Malformed: unknownVersion(9)")
        #expect(try #require(try await letters.open(letter.id)).content == nil)
        #expect(try await !letters.redrive(letter.id))
        #expect(try await letters.delete(letter.id))
    }
}
