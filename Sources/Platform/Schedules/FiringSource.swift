import Core
import Logging
import Storage

/// What fires at times that lie in the store: schedules, and rules of the default event bus.
protocol FiringSource: Actor {
    /// The kind of the records that hold the times.
    static var timeKind: String { get }

    nonisolated var now: Instant { get }
    nonisolated var logger: Logger { get }
    nonisolated var store: any Store { get }
    nonisolated var partition: Partition { get }
    /// Says that there may be something to do; one reader.
    nonisolated var signals: AsyncStream<Void> { get }
    nonisolated var signal: AsyncStream<Void>.Continuation { get }
    /// When each fires next.
    var due: DueTimes { get set }

    /// What is to be done about some whose times have come, in their order; throws where not even that can be known.
    nonisolated func prepare(_ batch: [DueTimes.Entry]) async throws -> [Result<PreparedFiring, any Error>]

    /// One that fires no more was deleted.
    func completed(_ id: ScheduleID)
}

extension FiringSource {
    /// Takes out what is due; whoever takes it sees to its end.
    func take(limit: Int) -> [DueTimes.Entry] { due.take(through: now, limit: limit) }

    /// When there is something to do next.
    var nextDue: Instant? { due.next }

    /// Waits for a time that is in the store.
    func wait(for entry: DueTimes.Entry) {
        due.set(entry)
        signal.yield()
    }

    /// Reads times from the store, those before an instant or all, and so finds what another server wrote.
    func look(until end: Instant?) async throws {
        let query = RecordQuery.index(
            kind: Self.timeKind, name: FireTime.index,
            match: .range(from: FireTime.indexValue(Instant(milliseconds: 0)), below: end.map(FireTime.indexValue)))
        var after: Cursor?
        repeat {
            let page = try await store.scan(partition, query, after: after, limit: 1000)
            for record in page.records {
                guard let id = ScheduleID(record.key.id), let time = FireTime(record.value) else {
                    throw ScheduleError.unreadable(id: record.key.id)
                }
                due.set(DueTimes.Entry(id: id, time: time, version: record.version))
            }
            after = page.next
        } while after != nil
        signal.yield()
    }
}
