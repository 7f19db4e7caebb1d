import Core
import Platform

extension SchedulerOperations {
    var scheduleOperations: [String: Handler] {
        [
            "CreateSchedule": create, "UpdateSchedule": update, "DeleteSchedule": delete, "GetSchedule": get,
            "ListSchedules": list,
        ]
    }

    @Sendable private func create(_ request: Request) async throws -> WireValue {
        let id = try request.scheduleID()
        let settings = try request.settings()
        try await requireUsable(settings.target.role, by: request.call)
        try await schedules.create(id, settings, token: request.input["ClientToken"]?.string)
        return ["ScheduleArn": .string(schedules.arn(id).description)]
    }

    @Sendable private func update(_ request: Request) async throws -> WireValue {
        let id = try request.scheduleID()
        let settings = try request.settings()
        try await requireUsable(settings.target.role, by: request.call)
        try await schedules.update(id, settings)
        return ["ScheduleArn": .string(schedules.arn(id).description)]
    }

    @Sendable private func delete(_ request: Request) async throws -> WireValue {
        try await schedules.delete(request.scheduleID())
        return [:]
    }

    @Sendable private func get(_ request: Request) async throws -> WireValue {
        let id = try request.scheduleID()
        return .schedule(try await schedules.schedule(id), id, arn: schedules.arn(id))
    }

    @Sendable private func list(_ request: Request) async throws -> WireValue {
        let page = try await schedules.list(
            group: request.group(), prefix: request.input["NamePrefix"]?.string ?? "",
            enabled: request.input["State"]?.string.map { $0 == "ENABLED" },
            after: request.input["NextToken"]?.string, limit: request.limit)
        return [
            "Schedules": .list(page.schedules.map { .summary($0.schedule, $0.id, arn: schedules.arn($0.id)) }),
            "NextToken": WireValue(page.next),
        ]
    }
}
