import Core
import Storage
import Vault

/// The logs of functions and of whoever else writes some: groups, streams and events, sealed at rest.
///
/// Lines from sandboxes go into a bounded buffer and are stored in batches a moment later; `run` does that. Whoever
/// reads has the buffer flushed first, so that the lines of an answered invocation are seen.
package actor Logs {
    let store: any Store
    let keys: Keys
    nonisolated let buffer: LogBuffer
    nonisolated let followers = LogFollowers()
    private let clock: @Sendable () -> Instant
    /// Streams as last seen, with the versions of their records.
    private var known: BoundedCache<LogStreamID, (stream: LogStream, version: Int64)>
    /// Who waits to write to a stream that somebody writes to.
    private var turns: [LogStreamID: [CheckedContinuation<Void, Never>]] = [:]
    private var flushing = false
    private var waiting: [CheckedContinuation<Void, Never>] = []

    /// Makes an owner of the logs in a store.
    package init(
        store: any Store, keys: Keys, bufferBytes: Int = 32 << 20, streamBytes: Int = 4 << 20,
        clock: @escaping @Sendable () -> Instant = { .now }
    ) {
        self.store = store
        self.keys = keys
        self.clock = clock
        buffer = LogBuffer(limit: bufferBytes, streamLimit: streamBytes)
        known = BoundedCache(limit: 4096)
    }

    nonisolated var now: Instant { clock() }

    /// Takes a line from any thread and never waits; where there is no room the line is counted and a marker tells.
    ///
    /// The group and the stream are made if they are missing.
    nonisolated package func write(_ message: [UInt8], at time: Instant, to stream: LogStreamID) {
        buffer.add(message, time: time, to: stream)
    }

    /// How many lines were dropped since the start.
    nonisolated package var dropped: Int { buffer.withState { $0.dropped } }

    /// Stores what is written, a moment after it was, and enforces retention every hour.
    ///
    /// It ends when its task is cancelled; call `flush` afterwards.
    package func run(accounts: [AccountID], interval: Duration = .milliseconds(100)) async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                for await _ in self.buffer.signal {
                    // A cancelled sleep ends early, and so does the loop.
                    try? await Task.sleep(for: interval)
                    await self.flush()
                }
            }
            group.addTask {
                while !Task.isCancelled {
                    for account in accounts { await self.enforceRetention(in: account) }
                    // As above.
                    try? await Task.sleep(for: .seconds(3600))
                }
            }
        }
    }

    /// Stores everything that was written before the call.
    package func flush() async {
        while flushing { await withCheckedContinuation { waiting.append($0) } }
        guard buffer.withState({ !$0.isEmpty }) else { return }
        flushing = true
        let drained = buffer.withState { $0.drain() }
        await withTaskGroup(of: Void.self) { group in
            for (stream, lines) in drained {
                group.addTask { await self.keep(lines, in: stream) }
            }
        }
        flushing = false
        for waiter in waiting { waiter.resume() }
        waiting = []
    }

    /// Stores the lines of one stream, or puts them back where the store cannot take them now.
    private func keep(_ lines: LogBufferState.Lines, in id: LogStreamID) async {
        var events = lines.events
        if lines.dropped > 0 {
            let text = "[Martlet] \(lines.dropped) lines are missing here: they came faster than they could be stored."
            events.append(LogEvent(time: now, ingested: now, message: Array(text.utf8)))
        }
        do {
            try await append(events, to: id, making: true)
            buffer.withState { $0.release(lines) }
        } catch StoreError.busy, StoreError.full, StoreError.unavailable, StoreError.outcomeUnknown {
            buffer.putBack(lines, for: id)
        } catch {
            buffer.withState { $0.giveUp(lines) }
        }
    }

    /// Seals and stores events; `making` makes a missing group and stream.
    ///
    /// Lines of the platform's own streams never go back in time: a stream in order is quicker to search.
    /// Who writes to one stream takes turns: else of many at a time all but one would find it changed, again and again.
    func append(_ events: [LogEvent], to id: LogStreamID, making: Bool) async throws {
        await takeTurn(id)
        defer { passTurn(id) }
        var left = LogBatch.cut(events)[...]
        var attempts = 0
        while !left.isEmpty {
            let part = left.prefix(8)
            do {
                try await append(Array(part), to: id, making: making)
                left = left.dropFirst(part.count)
                attempts = 0
            } catch StoreError.conflict {
                forget(id)
                attempts += 1
                guard attempts < 10 else { throw LogsError.contended }
            }
        }
    }

    private func takeTurn(_ id: LogStreamID) async {
        guard turns[id] != nil else {
            turns[id] = []
            return
        }
        await withCheckedContinuation { turns[id, default: []].append($0) }
    }

    private func passTurn(_ id: LogStreamID) {
        guard var waiting = turns[id], !waiting.isEmpty else {
            turns[id] = nil
            return
        }
        let next = waiting.removeFirst()
        turns[id] = waiting
        next.resume()
    }

    private func append(_ batches: [LogBatch], to id: LogStreamID, making: Bool) async throws {
        var (stream, version) = try await load(id, making: making)
        let key = try await keys.key(for: id.group.resource, in: id.group.account)
        let start = stream.next
        var entries: [[UInt8]] = []
        var stored: [LogBatch] = []
        for batch in batches {
            let batch = stream.isAutomatic ? batch.notBefore(stream.last) : batch
            entries.append(batch.sealed(key, for: id, of: stream, at: stream.next))
            stream.append(batch, at: now)
            stored.append(batch)
        }
        var operations: [WriteOperation] = []
        if version == nil, let group = try await missingGroup(id.group, making: making) { operations.append(group) }
        operations.append(.append(id.log, entries, expectNext: start))
        operations.append(try stream.write(to: id, expect: version.map(Expect.version) ?? .absent))
        let results = try await store.commit(id.group.partition, operations)
        if case .version(let version)? = results.last { known[id] = (stream, version) }
        publish(stored, of: id, from: start)
    }

    private nonisolated func publish(_ batches: [LogBatch], of id: LogStreamID, from start: Int64) {
        guard followers.isFollowed else { return }
        for (offset, batch) in batches.enumerated() {
            let found = batch.events.enumerated().map { index, event in
                FoundLogEvent(
                    stream: id.name, position: LogPosition(batch: start + Int64(offset), index: index), event: event)
            }
            followers.publish(found, of: id)
        }
    }

    /// The stream and its version; `nil` for one that is yet to be stored.
    private func load(_ id: LogStreamID, making: Bool) async throws -> (LogStream, Int64?) {
        if let known = known[id] { return known }
        if let record = try await store.get(id.group.partition, id.record) {
            guard let stream = LogStream(record) else { throw LogsError.damaged }
            known[id] = (stream, record.version)
            return (stream, record.version)
        }
        guard making else {
            _ = try await group(id.group)
            throw LogsError.streamMissing(id.name)
        }
        return (LogStream(name: id.name, created: now, isAutomatic: true), nil)
    }

    /// What makes the group of a new stream, if it is not there.
    private func missingGroup(_ id: LogGroupID, making: Bool) async throws -> WriteOperation? {
        try await finishDeletion(of: id)
        guard making, try await store.get(id.partition, id.record) == nil else { return nil }
        return try LogGroup(name: id.name, created: now).write(to: id, expect: .absent)
    }

    /// Forgets what was seen of a stream.
    func forget(_ id: LogStreamID) { known.remove(id) }

    /// Forgets what was seen of a group's streams.
    func forget(_ id: LogGroupID) { known.removeAll { $0.group == id } }
}

extension LogBatch {
    /// The same events, none earlier than `floor`.
    fileprivate func notBefore(_ floor: Instant?) -> LogBatch {
        guard let floor, first < floor else { return self }
        let moved = events.map { event in
            event.time < floor ? LogEvent(time: floor, ingested: event.ingested, message: event.message) : event
        }
        return LogBatch(moved) ?? self
    }
}
