import Core
import Platform

extension SchedulerOperations {
    var groupOperations: [String: Handler] {
        [
            "CreateScheduleGroup": createGroup, "DeleteScheduleGroup": deleteGroup, "GetScheduleGroup": getGroup,
            "ListScheduleGroups": listGroups, "ListTagsForResource": listTags, "TagResource": tag,
            "UntagResource": untag,
        ]
    }

    @Sendable private func createGroup(_ request: Request) async throws -> WireValue {
        let name = try request.name("Name")
        try await schedules.createGroup(name, tags: request.tags, token: request.input["ClientToken"]?.string)
        return ["ScheduleGroupArn": .string(schedules.arn(group: name).description)]
    }

    @Sendable private func deleteGroup(_ request: Request) async throws -> WireValue {
        try await schedules.deleteGroup(request.name("Name"))
        return [:]
    }

    @Sendable private func getGroup(_ request: Request) async throws -> WireValue {
        let name = try request.name("Name")
        return .group(try await schedules.group(name), name.text, arn: schedules.arn(group: name))
    }

    @Sendable private func listGroups(_ request: Request) async throws -> WireValue {
        let page = try await schedules.listGroups(
            prefix: request.input["NamePrefix"]?.string ?? "", after: request.input["NextToken"]?.string,
            limit: request.limit)
        let groups = try page.groups.map { entry in
            WireValue.group(entry.group, entry.name, arn: schedules.arn(group: try ScheduleName(entry.name)))
        }
        return ["ScheduleGroups": .list(groups), "NextToken": WireValue(page.next)]
    }

    @Sendable private func listTags(_ request: Request) async throws -> WireValue {
        let tags = try await schedules.group(request.taggedGroup(schedules)).tags.sorted { $0.key < $1.key }
        return ["Tags": .list(tags.map { ["Key": .string($0.key), "Value": .string($0.value)] })]
    }

    @Sendable private func tag(_ request: Request) async throws -> WireValue {
        try await schedules.tag(request.taggedGroup(schedules), with: request.tags)
        return [:]
    }

    @Sendable private func untag(_ request: Request) async throws -> WireValue {
        try await schedules.untag(
            request.taggedGroup(schedules), request.input["TagKeys"]?.strings ?? [])
        return [:]
    }
}
