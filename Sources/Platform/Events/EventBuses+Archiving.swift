import Core
import EventPattern
import Logging
import Storage
import Synchronization
import Vault

extension EventBuses {
    /// The ARN of an archive.
    package nonisolated func arn(archive: RuleName) -> ARN { arn(prefix: "archive/\(archive)") }

    /// Makes an archive of the events of a bus from now on.
    package func createArchive(
        _ name: RuleName, of bus: EventBusName, _ settings: EventArchiveSettings
    ) async throws(EventBusError) -> EventArchive {
        await enter()
        defer { leave() }
        let live = try live(bus)
        try Self.check(settings)
        guard live.archives.count < limits.archives else { throw .tooMany(.archives, limit: limits.archives) }
        let archive = EventArchive(bus: bus, settings: settings, at: now)
        let key = try await records.makeKey(for: "event-archive/\(name)")
        let put = try await records.put(
            archive, at: EventRecords.key(archive: name), key: key, index: Self.index(bus), expect: .absent)
        guard let results = try await records.commit([put]) else {
            try await records.erase(key)
            throw .archiveExists(name)
        }
        let made = try Self.live(archive, key, version: results[0].version)
        board.withLock { $0[bus]?.set(name, made) }
        return archive
    }

    /// Says anew what an archive takes, and for how long it keeps it.
    package func changeArchive(
        _ name: RuleName, _ body: @Sendable (inout EventArchiveSettings) -> Void
    ) async throws(EventBusError) -> EventArchive {
        await enter()
        defer { leave() }
        var found = try await load(archive: name)
        body(&found.value.settings)
        try Self.check(found.value.settings)
        let put = try await records.put(
            found.value, at: EventRecords.key(archive: name), key: found.key, index: Self.index(found.value.bus),
            expect: .version(found.version))
        let results = try await commit([put], of: found.value.bus)
        let (bus, changed) = (found.value.bus, try Self.live(found.value, found.key, version: results[0].version))
        board.withLock { $0[bus]?.set(name, changed) }
        return found.value
    }

    /// Deletes an archive with all its events, and erases their key.
    package func deleteArchive(_ name: RuleName) async throws(EventBusError) {
        await enter()
        defer { leave() }
        let found = try await load(archive: name)
        // First nothing is put into it any more.
        board.withLock { $0[found.value.bus]?.set(name, nil) }
        _ = try await commit(
            [
                .delete(EventRecords.key(archive: name), expect: .version(found.version)),
                .dropLog(EventLogID(key: found.key).log),
            ], of: found.value.bus)
        sizes[name] = nil
        try await records.erase(found.key)
    }

    /// An archive.
    package nonisolated func archive(_ name: RuleName) async throws(EventBusError) -> EventArchive {
        try await load(archive: name).value
    }

    /// How much an archive holds; what it held before is known, so that only what came since is read.
    package func size(of name: RuleName) async throws(EventBusError) -> EventArchiveSize {
        let log = EventLogID(key: try await load(archive: name).key).log
        var known = sizes[name] ?? (0, 0)
        while true {
            let slice = try await read(log, from: known.end)
            known.bytes += slice.entries.reduce(0) { $0 + Int64($1.value.count) }
            known.end = slice.entries.last.map { $0.sequence + 1 } ?? slice.end
            guard known.end < slice.end else {
                sizes[name] = known
                return EventArchiveSize(events: slice.end - slice.first, bytes: known.bytes)
            }
        }
    }

    /// All archives, by name.
    package nonisolated func archives() async throws(EventBusError) -> [(name: RuleName, archive: EventArchive)] {
        let all: [(name: RuleName, value: EventArchive)] = try await list(EventRecords.archives)
        return all.map { ($0.name, $0.value) }
    }

    /// All records of a kind, by name.
    nonisolated func list<Value: Decodable & Sendable>(
        _ kind: String
    ) async throws(EventBusError) -> [(name: RuleName, value: Value)] {
        var all: [(name: RuleName, value: Value)] = []
        var last: String?
        repeat {
            let page: (found: [(id: String, value: Value)], last: String?) = try await records.page(
                kind, prefix: "", after: last, limit: 400)
            for (id, value) in page.found {
                guard let name = RuleName(rawValue: id) else { throw .unreadable(id: id) }
                all.append((name, value))
            }
            last = page.last
        } while last != nil
        return all
    }

    nonisolated func load(archive name: RuleName) async throws(EventBusError) -> EventRecords.Found<EventArchive> {
        guard let found = try await records.read(EventRecords.key(archive: name), as: EventArchive.self) else {
            throw .archiveMissing(name.text)
        }
        return found
    }

    /// Reads the archives of a bus.
    nonisolated func loadArchives(of live: inout LiveBus, _ bus: EventBusName) async throws(EventBusError) {
        var cursor: Cursor?
        repeat {
            let page = try await records.scan(
                .index(kind: EventRecords.archives, name: Self.busIndex, match: .equals(bus.text)), after: cursor,
                limit: 400)
            let archives = try await records.read(page.records.map(\.key), as: EventArchive.self)
            for (record, archive) in zip(page.records, archives) {
                guard let name = RuleName(rawValue: record.key.id), let archive else {
                    throw .unreadable(id: record.key.id)
                }
                live.set(name, try Self.live(archive.value, archive.key, version: archive.version))
            }
            cursor = page.next
        } while cursor != nil
    }

    /// The operation that puts an event into an archive.
    nonisolated func archive(_ event: BusEvent, in archive: LiveBus.Archive) async throws -> WriteOperation {
        let key = try await records.keys.existingKey(for: archive.log.key.text, in: account)
        let entry = ArchivedEvent(event).entry(account: account, resource: archive.log.key.text, key: key)
        return .append(archive.log.log, [entry])
    }

    /// Some entries of a log.
    nonisolated func read(
        _ log: LogID, from sequence: Int64, limit: Int = 1000, maxBytes: Int = 4 << 20
    ) async throws(EventBusError) -> LogSlice {
        do {
            return try await store.read(partition, log, from: sequence, limit: limit, maxBytes: maxBytes)
        } catch { throw .store(error) }
    }

    static let busIndex = "bus"
    private static func index(_ bus: EventBusName) -> [IndexValue] { [IndexValue(name: busIndex, value: bus.text)] }

    private static func check(_ settings: EventArchiveSettings) throws(EventBusError) {
        guard let text = settings.pattern else { return }
        do { _ = try EventPattern(parsing: text) } catch { throw .badPattern(error) }
    }

    static func live(
        _ archive: EventArchive, _ key: KeyName, version: Int64
    ) throws(EventBusError) -> LiveBus.Archive {
        do { return try LiveBus.Archive(archive, log: EventLogID(key: key), version: version) } catch {
            throw .badPattern(error)
        }
    }
}

/// What archives have kept for long enough.
extension EventBuses {
    private static let sweepInterval = Duration.seconds(60)

    /// Takes out of archives what has been there for longer than they keep it, until the task is cancelled.
    package func sweep() async {
        while !Task.isCancelled {
            do {
                for (name, archive) in try await archives() where archive.settings.days > 0 {
                    try await trim(name, archive)
                }
            } catch {
                logger.warning("Archives could not be cleared.", metadata: ["reason": "\(error)"])
            }
            do { try await Task.sleep(for: Self.sweepInterval) } catch { return }
        }
    }

    /// Trims one archive; says how many events went.
    @discardableResult
    func trim(_ name: RuleName, _ archive: EventArchive) async throws(EventBusError) -> Int {
        let log = EventLogID(key: try await load(archive: name).key).log
        let before = now.advanced(milliseconds: -Int64(archive.settings.days) * 86_400_000)
        var count = 0
        var next: Int64 = 0
        while true {
            let old = try await read(log, from: next).entries.prefix { $0.at < before }
            guard let last = old.last else { return count }
            _ = try await records.commit([.trim(log, before: last.sequence + 1)])
            if let known = sizes[name] {
                let gone = old.filter { $0.sequence < known.end }.reduce(0) { $0 + Int64($1.value.count) }
                sizes[name] = (max(known.end, last.sequence + 1), known.bytes - gone)
            }
            count += old.count
            next = last.sequence + 1
        }
    }
}
