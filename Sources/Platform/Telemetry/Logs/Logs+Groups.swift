import Core
import Storage

extension Logs {
    private static let tagLimit = 50

    /// Makes a group.
    package func createGroup(
        _ id: LogGroupID, tags: [String: String] = [:], storageClass: String = "STANDARD"
    ) async throws {
        guard tags.count <= Self.tagLimit else { throw LogsError.tooManyTags(limit: Self.tagLimit) }
        try await finishDeletion(of: id)
        let group = LogGroup(name: id.name, created: now, tags: tags, storageClass: storageClass)
        do {
            _ = try await store.commit(id.partition, [group.write(to: id, expect: .absent)])
        } catch StoreError.conflict {
            throw LogsError.groupExists(id.name)
        }
    }

    /// What is known about a group.
    nonisolated package func group(_ id: LogGroupID) async throws -> LogGroup {
        guard let record = try await store.get(id.partition, id.record), let group = LogGroup(record) else {
            throw LogsError.groupMissing(id.name)
        }
        return group
    }

    /// Groups whose names begin with `prefix` and contain `part`, in order of their names; more come behind `next`.
    nonisolated package func groups(
        in account: AccountID, prefix: String = "", containing part: String = "", after: String? = nil, limit: Int
    ) async throws -> (groups: [LogGroup], next: String?) {
        await flush()
        var groups: [LogGroup] = []
        var cursor = after.map { Cursor(id: $0) }
        let partition = Partition(account: account)
        while true {
            let page = try await store.scan(partition, .kind(LogGroup.kind, prefix: prefix), after: cursor, limit: 100)
            for record in page.records where part.isEmpty || record.key.id.contains(part) {
                // One more than asked for: there is a next page.
                if groups.count == limit { return (groups, groups.last?.name.text) }
                if let group = LogGroup(record) { groups.append(group) }
            }
            guard let next = page.next else { return (groups, nil) }
            cursor = next
        }
    }

    /// Changes a group's record.
    private func change(_ id: LogGroupID, _ body: (inout LogGroup) throws -> Void) async throws {
        await flush()
        for _ in 0..<10 {
            guard let record = try await store.get(id.partition, id.record), var group = LogGroup(record) else {
                throw LogsError.groupMissing(id.name)
            }
            try body(&group)
            do {
                _ = try await store.commit(
                    id.partition, [group.write(to: id, expect: .version(record.version))])
                return
            } catch StoreError.conflict {
                continue
            }
        }
        throw LogsError.contended
    }

    /// Sets after how many days events go; `nil` keeps them for ever.
    package func setRetention(_ days: Int?, of id: LogGroupID) async throws {
        if let days, !LogGroup.retentions.contains(days) { throw LogsError.badRetention(days: days) }
        try await change(id) { $0.retentionDays = days }
    }

    /// Adds tags to a group, and replaces those of the same keys.
    package func addTags(_ tags: [String: String], to id: LogGroupID) async throws {
        try await change(id) { group in
            group.tags.merge(tags) { $1 }
            guard group.tags.count <= Self.tagLimit else { throw LogsError.tooManyTags(limit: Self.tagLimit) }
        }
    }

    /// Removes tags from a group.
    package func removeTags(_ keys: [String], from id: LogGroupID) async throws {
        try await change(id) { group in for key in keys { group.tags[key] = nil } }
    }

    /// Deletes a group, its streams and its key; what was logged can never be read again.
    package func deleteGroup(_ id: LogGroupID) async throws {
        await flush()
        guard let record = try await store.get(id.partition, id.record) else { throw LogsError.groupMissing(id.name) }
        do {
            _ = try await store.commit(
                id.partition,
                [.delete(id.record, expect: .version(record.version)), .put(id.deletion, value: [])])
        } catch StoreError.conflict {
            throw LogsError.contended
        }
        try await finishDeletion(of: id)
    }

    /// Goes on with a deletion that a crash may have cut short.
    func finishDeletion(of id: LogGroupID) async throws {
        guard try await store.get(id.partition, id.deletion) != nil else { return }
        forget(id)
        try await keys.erase(id.resource, in: id.account)
        let streams = RecordQuery.kind(LogStream.kind, prefix: "\(id.name):")
        while true {
            let page = try await store.scan(id.partition, streams, after: nil, limit: 200)
            guard !page.records.isEmpty else { break }
            let operations = page.records.flatMap { record -> [WriteOperation] in
                [.delete(record.key), .dropLog(LogID("logs/\(record.key.id)"))]
            }
            _ = try await store.commit(id.partition, operations)
        }
        _ = try await store.commit(id.partition, [.delete(id.deletion)])
    }
}
