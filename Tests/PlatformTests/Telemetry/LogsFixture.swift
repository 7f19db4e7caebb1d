import Core
import Storage
import Synchronization
import Vault

@testable import Platform

/// Logs over a store in memory, with a clock that the test sets.
struct LogsFixture {
    final class Clock: Sendable {
        private let time = Mutex(Instant(milliseconds: 1_800_000_000_000))
        var now: Instant { time.withLock { $0 } }
        func advance(milliseconds: Int64) { time.withLock { $0 = $0.advanced(milliseconds: milliseconds) } }
    }

    let store = MemoryStore()
    let root = RootKey()
    let clock = Clock()
    let keys: Keys
    let logs: Logs
    let group: LogGroupID

    init(bufferBytes: Int = 32 << 20, streamBytes: Int = 4 << 20) throws {
        keys = Keys(store: store, root: root)
        let clock = clock
        logs = Logs(
            store: store, keys: keys, bufferBytes: bufferBytes, streamBytes: streamBytes, clock: { clock.now })
        group = LogGroupID(account: .standard, name: try LogGroupName("/aws/lambda/f"))
    }

    func stream(_ name: String = "s") throws -> LogStreamID {
        LogStreamID(group: group, name: try LogStreamName(name))
    }

    /// Writes as a sandbox does, `offset` milliseconds from now.
    func write(_ text: String, at offset: Int64 = 0, to stream: String = "s") throws {
        logs.write(Array(text.utf8), at: clock.now.advanced(milliseconds: offset), to: try self.stream(stream))
    }

    /// Makes a stream and puts events into it as a client does.
    func put(_ events: [(Int64, String)], to name: String = "s") async throws -> Logs.Rejected {
        let id = try stream(name)
        // There already when more is put.
        try? await logs.createGroup(group)
        try? await logs.createStream(id)
        return try await logs.put(events.map { (clock.now.advanced(milliseconds: $0.0), $0.1) }, to: id)
    }

    func texts(
        of stream: String = "s", start: Logs.Start = .head, limit: Int = 10_000
    ) async throws -> [String] {
        try await logs.events(of: self.stream(stream), start: start, limit: limit).events.map(\.event.text)
    }

    /// All pages of a search.
    func search(_ change: (inout LogQuery) throws -> Void = { _ in }) async throws -> [String] {
        var query = LogQuery(group: group)
        try change(&query)
        var texts: [String] = []
        repeat {
            let page = try await logs.search(query)
            texts += page.events.map(\.event.text)
            query.after = page.next
        } while query.after != nil
        return texts
    }
}
