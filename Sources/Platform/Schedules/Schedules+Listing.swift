import Core

extension Schedules {
    /// Records that are looked at for one page of a list, whatever is found among them.
    private static let looks = 2000

    /// Schedules ordered by group and name: those of a group, or all, whose names begin with a prefix.
    ///
    /// A page may hold fewer than `limit` and still have a next one.
    package nonisolated func list(
        group: ScheduleName?, prefix: String, enabled: Bool?, after token: String?, limit: Int
    ) async throws(ScheduleError) -> (schedules: [(id: ScheduleID, schedule: Schedule)], next: String?) {
        if let group { _ = try await self.group(group) }
        let wanted = group.map { "\($0)/\(prefix)" } ?? ""
        var last = try Self.last(token)
        var found: [(id: ScheduleID, schedule: Schedule)] = []
        for _ in 0..<max(1, Self.looks / limit) {
            let page: (found: [(id: String, value: Schedule)], last: String?) = try await records.page(
                ScheduleRecords.schedules, prefix: wanted, after: last, limit: limit)
            for (text, schedule) in page.found {
                guard let id = ScheduleID(text) else { throw .unreadable(id: text) }
                guard id.name.text.hasPrefix(prefix),
                    enabled ?? schedule.settings.isEnabled == schedule.settings.isEnabled
                else { continue }
                found.append((id, schedule))
                if found.count == limit { return (found, Self.token(text)) }
            }
            last = page.last
            guard last != nil else { return (found, nil) }
        }
        return (found, last.map(Self.token))
    }

    /// Groups ordered by name.
    package nonisolated func listGroups(
        prefix: String, after token: String?, limit: Int
    ) async throws(ScheduleError) -> (groups: [(name: String, group: ScheduleGroup)], next: String?) {
        let page: (found: [(id: String, value: ScheduleGroup)], last: String?) = try await records.page(
            ScheduleRecords.groups, prefix: prefix, after: try Self.last(token), limit: limit)
        return (page.found.map { ($0.id, $0.value) }, page.last.map(Self.token))
    }

    private static func token(_ last: String) -> String { Base64.encode(Array(last.utf8)) }

    private static func last(_ token: String?) throws(ScheduleError) -> String? {
        guard let token else { return nil }
        guard let bytes = Base64.decode(token), let text = String(validating: bytes, as: UTF8.self),
            text.utf8.count <= 256
        else { throw .badToken }
        return text
    }
}
