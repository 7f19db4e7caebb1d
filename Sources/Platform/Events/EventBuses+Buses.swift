import AccessPolicy
import Core
import Storage
import Synchronization

extension EventBuses {
    /// Makes a bus.
    package func create(
        _ name: EventBusName, _ settings: EventBusSettings, tags: [String: String]
    ) async throws(EventBusError) {
        await enter()
        defer { leave() }
        guard board.withLock({ $0[name] }) == nil else { throw .busExists(name) }
        guard board.withLock({ $0.count }) < limits.buses else { throw .tooMany(.buses, limit: limits.buses) }
        try Self.check(tags)
        let bus = EventBus(settings: settings, tags: tags, at: now)
        let key = try await records.makeKey(for: "event-bus/\(name)")
        let put = try await records.put(bus, at: EventRecords.key(name), key: key, expect: .absent)
        guard let results = try await records.commit([put]) else {
            try await records.erase(key)
            try await load(name)
            throw .busExists(name)
        }
        let live = LiveBus(bus, version: results[0].version, key: key)
        board.withLock { $0[name] = live }
    }

    /// Deletes a bus that has neither rules nor archives, and erases its key.
    package func delete(_ name: EventBusName) async throws(EventBusError) {
        await enter()
        defer { leave() }
        guard name != .standard else { throw .defaultBus }
        // As on AWS, deleting what is not there is no error.
        guard let live = board.withLock({ $0[name] }) else { return }
        guard live.rules.isEmpty, live.archives.isEmpty else { throw .busInUse(name) }
        _ = try await commit([.delete(EventRecords.key(name), expect: .version(live.version))], of: name)
        board.withLock { $0[name] = nil }
        try await records.erase(live.key)
    }

    /// Changes what is kept about a bus.
    package func change(
        _ name: EventBusName, _ body: @Sendable (inout EventBus) throws(EventBusError) -> Void
    ) async throws(EventBusError) -> EventBus {
        await enter()
        defer { leave() }
        let live = try live(name)
        var bus = live.value
        try body(&bus)
        bus.modified = now
        let put = try await records.put(
            bus, at: EventRecords.key(name), key: live.key, expect: .version(live.version))
        let results = try await commit([put], of: name)
        let changed = bus
        board.withLock { board in
            board[name]?.value = changed
            board[name]?.version = results[0].version
        }
        return changed
    }

    /// Adds tags to a bus, in the place of those with the same keys.
    package func tag(_ name: EventBusName, with tags: [String: String]) async throws(EventBusError) {
        _ = try await change(name) { (bus) throws(EventBusError) in
            bus.tags.merge(tags) { $1 }
            try Self.check(bus.tags)
        }
    }

    /// Removes tags of a bus; those that are not there are not missed.
    package func untag(_ name: EventBusName, _ keys: [String]) async throws(EventBusError) {
        _ = try await change(name) { bus in for key in keys { bus.tags[key] = nil } }
    }

    static func check(_ tags: [String: String]) throws(EventBusError) {
        guard tags.count <= EventBus.tagLimit else { throw .tooMany(.tags, limit: EventBus.tagLimit) }
    }
}

extension OperationResult {
    /// The version that a record got.
    var version: Int64 { if case .version(let version) = self { version } else { 0 } }
}
