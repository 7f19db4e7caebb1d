import Core
import Storage

extension Logs {
    /// How streams are listed.
    package enum StreamOrder: Sendable {
        case name
        case newest
    }

    /// More streams of one group than this are not sorted for an answer.
    private static let sortLimit = 10_000

    /// Makes an empty stream.
    package func createStream(_ id: LogStreamID) async throws {
        let group = try await group(id.group)
        let stream = LogStream(name: id.name, created: now, isAutomatic: false)
        do {
            _ = try await store.commit(id.group.partition, [stream.write(to: id, expect: .absent)])
        } catch StoreError.conflict {
            throw LogsError.streamExists(id.name)
        }
        // The group may have been deleted meanwhile; then so is the stream.
        if try await store.get(id.group.partition, id.group.record) == nil {
            try await removeStream(id)
            throw LogsError.groupMissing(group.name)
        }
    }

    /// Deletes a stream and its events.
    package func deleteStream(_ id: LogStreamID) async throws {
        _ = try await stream(id)
        try await removeStream(id)
    }

    func removeStream(_ id: LogStreamID) async throws {
        forget(id)
        _ = try await store.commit(id.group.partition, [.delete(id.record), .dropLog(id.log)])
    }

    /// What is known about a stream.
    nonisolated package func stream(_ id: LogStreamID) async throws -> LogStream {
        guard let record = try await store.get(id.group.partition, id.record) else {
            _ = try await group(id.group)
            throw LogsError.streamMissing(id.name)
        }
        guard let stream = LogStream(record) else { throw LogsError.damaged }
        return stream
    }

    /// A group's streams; more come behind `next`.
    ///
    /// By name upwards and by last event downwards are read from the store in order; the other two are sorted here.
    nonisolated package func streams(
        of group: LogGroupID, prefix: String = "", order: StreamOrder = .name, descending: Bool = false,
        after: String? = nil, limit: Int
    ) async throws -> (streams: [LogStream], next: String?) {
        await flush()
        _ = try await self.group(group)
        guard (order == .newest) == descending else {
            return try await sortedStreams(of: group, prefix, order, descending, after: after, limit: limit)
        }
        let query: RecordQuery =
            switch order {
            case .name: .kind(LogStream.kind, prefix: "\(group.name):\(prefix)")
            case .newest:
                .index(
                    kind: LogStream.kind, name: LogStream.newestIndex,
                    match: .prefix(LogStream.newestPrefix(of: group)))
            }
        var cursor: Cursor?
        if let after {
            guard let place = Cursor(text: after) else { throw LogsError.badToken }
            cursor = place
        }
        let page = try await store.scan(group.partition, query, after: cursor, limit: limit)
        return (page.records.compactMap(LogStream.init), page.next?.text)
    }

    private nonisolated func sortedStreams(
        of group: LogGroupID, _ prefix: String, _ order: StreamOrder, _ descending: Bool, after: String?, limit: Int
    ) async throws -> (streams: [LogStream], next: String?) {
        var start = 0
        if let after {
            guard let number = Int(after), number >= 0 else { throw LogsError.badToken }
            start = number
        }
        var streams = try await allStreams(of: group, prefix: prefix, limit: Self.sortLimit)
        switch order {
        case .name: streams.reverse()
        case .newest: streams.sort { ($0.last?.milliseconds ?? 0) < ($1.last?.milliseconds ?? 0) }
        }
        let page = streams.dropFirst(start).prefix(limit)
        return (Array(page), start + page.count < streams.count ? String(start + page.count) : nil)
    }

    /// Every stream of a group in order of the names; an error if there are too many.
    nonisolated func allStreams(of group: LogGroupID, prefix: String = "", limit: Int) async throws -> [LogStream] {
        var streams: [LogStream] = []
        var cursor: Cursor?
        repeat {
            let page = try await store.scan(
                group.partition, .kind(LogStream.kind, prefix: "\(group.name):\(prefix)"), after: cursor, limit: 1000)
            streams += page.records.compactMap(LogStream.init)
            guard streams.count <= limit else { throw LogsError.tooMuchToSort }
            cursor = page.next
        } while cursor != nil
        return streams
    }
}
