import Core
import Logging
import Storage
import Synchronization

/// What other servers on the store have changed.
///
/// What is known here may be old for a few seconds; what is not known here at all is looked for in the store at once, so
/// that no event is refused or left out because of it.
extension EventBuses {
    private static let interval = Duration.seconds(10)

    /// Reads what others have changed, from time to time, until the task is cancelled.
    package func follow() async {
        while !Task.isCancelled {
            do { try await Task.sleep(for: Self.interval) } catch { return }
            do { try await catchUp() } catch {
                logger.warning("Event buses could not be read anew.", metadata: ["reason": "\(error)"])
            }
        }
    }

    /// Reads the buses of which anything is not as it is known here.
    func catchUp() async throws(EventBusError) {
        await enter()
        defer { leave() }
        let stored = try await storedVersions()
        let known = board.withLock { board in
            Dictionary(uniqueKeysWithValues: board.map { ($0.key, $0.value.versions(of: $0.key)) })
        }
        for name in Set(stored.keys).union(known.keys) where stored[name] != known[name] { try await load(name) }
    }

    /// Reads a bus that is not known here, if there is one.
    package func seek(_ name: EventBusName) async throws(EventBusError) {
        guard board.withLock({ $0[name] }) == nil else { return }
        await enter()
        defer { leave() }
        try await load(name)
    }

    /// A target of a rule; where there is none here, as it lies in the store.
    nonisolated func target(_ id: String, of rule: RuleID) async throws(EventBusError) -> EventTarget? {
        let known = board.withLock { $0[rule.bus]?.rules[rule.name]?.value.targets.first { $0.id == id } }
        if let known { return known }
        return try await records.read(EventRecords.key(rule), as: EventRule.self)?.value.targets.first { $0.id == id }
    }

    /// An archive of a bus; where there is none here, as it lies in the store.
    nonisolated func archive(_ name: RuleName, of bus: EventBusName) async throws(EventBusError) -> LiveBus.Archive? {
        if let known = board.withLock({ $0[bus]?.archives[name] }) { return known }
        guard let found = try await records.read(EventRecords.key(archive: name), as: EventArchive.self),
            found.value.bus == bus
        else { return nil }
        return try Self.live(found.value, found.key, version: found.version)
    }

    /// The versions of the records of each bus.
    private func storedVersions() async throws(EventBusError) -> [EventBusName: [RecordKey: Int64]] {
        var versions: [EventBusName: [RecordKey: Int64]] = [:]
        for kind in [EventRecords.buses, EventRecords.rules, EventRecords.archives] {
            var cursor: Cursor?
            repeat {
                let page = try await records.scan(.kind(kind), after: cursor, limit: 1000)
                for record in page.records {
                    guard let bus = Self.bus(of: record) else { throw .unreadable(id: record.key.id) }
                    versions[bus, default: [:]][record.key] = record.version
                }
                cursor = page.next
            } while cursor != nil
        }
        return versions
    }

    private static func bus(of record: Record) -> EventBusName? {
        switch record.key.kind {
        case EventRecords.buses: EventBusName(rawValue: record.key.id)
        case EventRecords.rules: RuleID(record.key.id)?.bus
        default: record.index.first { $0.name == busIndex }.flatMap { EventBusName(rawValue: $0.value) }
        }
    }
}
