import Core
import Storage

extension Schedules {
    /// The ARN of a group.
    package nonisolated func arn(group: ScheduleName) -> ARN {
        ARN(service: "scheduler", region: region, account: account, resource: "schedule-group/\(group)")
    }

    /// Makes a group; the same request again, as its token says, is no error.
    package func createGroup(
        _ name: ScheduleName, tags: [String: String], token: String?
    ) async throws(ScheduleError) {
        try Self.check(tags)
        let existing = try await records.scan(.kind(ScheduleRecords.groups), after: nil, limit: Self.groupLimit)
        guard existing.records.count < Self.groupLimit else { throw .tooManyGroups(limit: Self.groupLimit) }
        let now = now
        let group = ScheduleGroup(created: now, modified: now, tags: tags, token: token)
        let key = try await records.makeKey(for: "schedule-group/\(name)")
        let put = try await records.put(group, at: ScheduleRecords.key(name), key: key, expect: .absent)
        guard try await records.commit([put]) == nil else { return }
        try await records.erase(key)
        let found: ScheduleRecords.Found<ScheduleGroup>? = try await records.read(ScheduleRecords.key(name))
        guard let token, found?.value.token == token else { throw .groupExists(name) }
    }

    /// Deletes a group with all its schedules, and erases the key that sealed them.
    ///
    /// It is marked first, so that a deletion that was cut off goes on when the server starts.
    package func deleteGroup(_ name: ScheduleName) async throws(ScheduleError) {
        guard name != .defaultGroup else { throw .defaultGroup }
        var found = try await loadGroup(name)
        if !found.value.isDeleting {
            found.value.isDeleting = true
            found.value.modified = now
            try await write(found, of: name)
        }
        try await finishDeleting(name, found.key)
    }

    /// A group.
    package func group(_ name: ScheduleName) async throws(ScheduleError) -> ScheduleGroup {
        try await loadGroup(name).value
    }

    /// Adds tags or changes their values.
    package func tag(_ name: ScheduleName, with tags: [String: String]) async throws(ScheduleError) {
        var found = try await loadGroup(name)
        found.value.tags.merge(tags) { _, new in new }
        try Self.check(found.value.tags)
        try await write(found, of: name)
    }

    /// Removes tags.
    package func untag(_ name: ScheduleName, _ keys: [String]) async throws(ScheduleError) {
        var found = try await loadGroup(name)
        for key in keys { found.value.tags[key] = nil }
        try await write(found, of: name)
    }

    /// A group into which schedules may be put.
    func usableGroup(_ name: ScheduleName) async throws(ScheduleError) -> ScheduleRecords.Found<ScheduleGroup> {
        let found = try await loadGroup(name)
        guard !found.value.isDeleting else { throw .groupIsDeleting(name) }
        return found
    }

    /// The group that is always there.
    func makeDefaultGroup() async throws(ScheduleError) {
        let place = ScheduleRecords.key(.defaultGroup)
        guard try await records.read(place, as: ScheduleGroup.self) == nil else { return }
        let key = try await records.makeKey(for: "schedule-group/\(ScheduleName.defaultGroup)")
        let group = ScheduleGroup(created: now, modified: now, tags: [:], token: nil)
        _ = try await records.commit([try await records.put(group, at: place, key: key, expect: .absent)])
    }

    /// Goes on with deletions that were cut off.
    func finishDeleting() async throws(ScheduleError) {
        let page: (found: [(id: String, value: ScheduleGroup)], last: String?) = try await records.page(
            ScheduleRecords.groups, prefix: "", after: nil, limit: Self.groupLimit)
        for (id, group) in page.found where group.isDeleting {
            guard let name = try? ScheduleName(id) else { throw .unreadable(id: id) }  // It says no more.
            try await finishDeleting(name, try await loadGroup(name).key)
        }
    }

    private func finishDeleting(_ name: ScheduleName, _ key: KeyName) async throws(ScheduleError) {
        while true {
            let page = try await records.scan(
                .kind(ScheduleRecords.schedules, prefix: "\(name)/"), after: nil, limit: 400)
            guard !page.records.isEmpty else { break }
            let ids = page.records.compactMap { ScheduleID($0.key.id) }
            guard ids.count == page.records.count else { throw .unreadable(id: name.text) }
            _ = try await records.commit(
                ids.flatMap { [.delete(ScheduleRecords.key($0)), .delete(FireTime.key($0))] })
            for id in ids { gone(id) }
        }
        _ = try await records.commit([.delete(ScheduleRecords.key(name))])
        try await records.erase(key)
    }

    private func loadGroup(_ name: ScheduleName) async throws(ScheduleError) -> ScheduleRecords.Found<ScheduleGroup> {
        guard let found = try await records.read(ScheduleRecords.key(name), as: ScheduleGroup.self) else {
            throw .groupMissing(name)
        }
        return found
    }

    private func write(
        _ found: ScheduleRecords.Found<ScheduleGroup>, of name: ScheduleName
    ) async throws(ScheduleError) {
        let put = try await records.put(
            found.value, at: ScheduleRecords.key(name), key: found.key, expect: .version(found.version))
        guard try await records.commit([put]) != nil else { throw .changedMeanwhile(name) }
    }

    private static func check(_ tags: [String: String]) throws(ScheduleError) {
        guard tags.count <= ScheduleGroup.tagLimit else { throw .tooManyTags(limit: ScheduleGroup.tagLimit) }
    }
}
