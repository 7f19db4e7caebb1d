import Core
import Storage

extension Logs {
    /// Trims what is older than its group keeps it; streams that the platform made go with their last event.
    ///
    /// What cannot be trimmed now is trimmed the next time; until then it is not shown either.
    func enforceRetention(in account: AccountID) async {
        let query = RecordQuery.index(
            kind: LogGroup.kind, name: LogGroup.retentionIndex, match: .equals("set"))
        var cursor: Cursor?
        repeat {
            guard let page = try? await store.scan(Partition(account: account), query, after: cursor, limit: 100)
            else { return }
            for group in page.records.compactMap(LogGroup.init) {
                // Left to the next round, as said above.
                try? await trim(group, LogGroupID(account: account, name: group.name))
            }
            cursor = page.next
        } while cursor != nil && !Task.isCancelled
    }

    private func trim(_ group: LogGroup, _ id: LogGroupID) async throws {
        guard let horizon = group.horizon(at: now) else { return }
        var cursor: Cursor?
        repeat {
            let page = try await store.scan(
                id.partition, .kind(LogStream.kind, prefix: "\(id.name):"), after: cursor, limit: 100)
            for stream in page.records.compactMap(LogStream.init) where (stream.first ?? horizon) < horizon {
                try await trim(stream, LogStreamID(group: id, name: stream.name), before: horizon)
            }
            cursor = page.next
        } while cursor != nil && !Task.isCancelled
    }

    private func trim(_ stream: LogStream, _ id: LogStreamID, before horizon: Instant) async throws {
        if stream.isAutomatic, let last = stream.last, last < horizon { return try await removeStream(id) }
        var keep = stream.next
        var next: Int64 = 0
        search: while true {
            let slice = try await store.read(id.group.partition, id.log, from: next, limit: 64, maxBytes: 4 << 20)
            for entry in slice.entries {
                guard try LogBatch.times(of: entry).upperBound < horizon else {
                    keep = entry.sequence
                    break search
                }
                next = entry.sequence + 1
            }
            if slice.entries.isEmpty { break }
        }
        _ = try await store.commit(id.group.partition, [.trim(id.log, before: keep)])
    }
}
