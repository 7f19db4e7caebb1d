import Core
import Storage

/// Which events of a group somebody looks for.
package struct LogQuery: Sendable {
    package var group: LogGroupID
    /// Empty for all streams.
    package var streams: [LogStreamName] = []
    package var prefix: String?
    package var from: Instant?
    /// The last time that counts.
    package var through: Instant?
    package var pattern = FilterPattern.all
    package var limit = 10_000
    package var after: LogMark?

    /// Looks for everything.
    package init(group: LogGroupID) { self.group = group }
}

extension Logs {
    /// More streams than this are not searched for one answer.
    private static let streamLimit = 10_000

    /// Events of a group's streams in order of time; more may come behind `next`.
    ///
    /// An answer may be empty and still have a next one: so much had to be looked through.
    nonisolated package func search(_ query: LogQuery) async throws -> (events: [FoundLogEvent], next: LogMark?) {
        await flush()
        let group = try await group(query.group)
        let from = max(query.from ?? Instant(milliseconds: 0), query.after?.time ?? Instant(milliseconds: 0))
        guard let times = Self.times(from: from, through: query.through, of: group, at: now) else { return ([], nil) }
        var candidates = try await streams(for: query, in: times)[...]
        var active: [LogStreamCursor] = []
        var page = LogPage(limit: query.limit)
        while true {
            let least = active.indices.min { Self.precedes(active[$0], active[$1]) }
            let front = least.flatMap { active[$0].head?.event.time }
            if let stream = candidates.first, front.map({ stream.first ?? $0 <= $0 }) ?? true {
                candidates.removeFirst()
                let id = LogStreamID(group: query.group, name: stream.name)
                let reader = try await LogStreamReader(self, id, stream)
                var cursor = try await LogStreamCursor(reader, times: times, after: query.after)
                page.work += try await cursor.fill()
                if cursor.head != nil { active.append(cursor) }
                continue
            }
            guard let least, let found = active[least].head else { return (page.events, nil) }
            if query.pattern.matches(found.event.message), !page.add(found) {
                return (page.events, page.events.last.map { LogMark($0) })
            }
            active[least].removeHead()
            page.work += try await active[least].fill()
            if active[least].head == nil { active.remove(at: least) }
            if page.work > LogStreamReader.workLimit { return (page.events, LogMark(found)) }
        }
    }

    private static func precedes(_ left: LogStreamCursor, _ right: LogStreamCursor) -> Bool {
        guard let left = left.head, let right = right.head else { return false }
        return LogMark(left) < LogMark(right)
    }

    /// The streams that can hold wanted events, by the time of their first one.
    private nonisolated func streams(
        for query: LogQuery, in times: ClosedRange<Instant>
    ) async throws -> [LogStream] {
        var streams: [LogStream] = []
        if query.streams.isEmpty {
            streams = try await recentStreams(of: query.group, since: times.lowerBound)
            if let prefix = query.prefix {
                streams.removeAll { !$0.name.text.utf8.starts(with: prefix.utf8) }
            }
        } else {
            for name in query.streams { streams.append(try await stream(LogStreamID(group: query.group, name: name))) }
        }
        return streams.filter { stream in
            guard let first = stream.first, let last = stream.last else { return false }
            return first <= times.upperBound && last >= times.lowerBound
        }.sorted { ($0.first?.milliseconds ?? 0) < ($1.first?.milliseconds ?? 0) }
    }

    /// The streams whose last event is not before `time`.
    private nonisolated func recentStreams(of group: LogGroupID, since time: Instant) async throws -> [LogStream] {
        var streams: [LogStream] = []
        var cursor: Cursor?
        let query = LogStream.query(of: group, lastAtLeast: time)
        repeat {
            let page = try await store.scan(group.partition, query, after: cursor, limit: 1000)
            streams += page.records.compactMap(LogStream.init)
            guard streams.count <= Self.streamLimit else { throw LogsError.tooMuchToSort }
            cursor = page.next
        } while cursor != nil
        return streams
    }
}
