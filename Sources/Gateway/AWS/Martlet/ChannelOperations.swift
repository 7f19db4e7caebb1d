import AccessPolicy
import Core
import Platform

/// The operations of Martlet's own service on channels: who is told how what a schedule calls ended.
package struct ChannelOperations: Sendable {
    let schedules: Schedules

    /// Serves one account's schedules.
    package init(schedules: Schedules) { self.schedules = schedules }

    /// The handlers by operation.
    package var operations: [String: OperationHandler] {
        let schedules = schedules
        return Guard.authorized(
            ["GetScheduleChannels": get, "PutScheduleChannels": put], service: "martlet"
        ) { call, _, input in
            // What is no name is refused by the operation itself.
            guard let id = try? Self.schedule(input) else { return .account(call.account) }
            return .named(schedules.arn(id), owner: call.account)
        }
    }

    @Sendable private func get(_: Call, _ input: WireValue) async throws -> WireValue {
        let id = try Self.schedule(input)
        do {
            let channels = try await schedules.schedule(id).channels
            return [
                "OnSuccess": WireValue(channels?.onSuccess?.text), "OnFailure": WireValue(channels?.onFailure?.text),
            ]
        } catch { throw WireError(error) }
    }

    @Sendable private func put(_ call: Call, _ input: WireValue) async throws -> WireValue {
        let id = try Self.schedule(input)
        let channels = ResultChannels(
            onSuccess: try topic("OnSuccess", input), onFailure: try topic("OnFailure", input))
        for topic in Set([channels.onSuccess, channels.onFailure].compactMap { $0 }) {
            try await Guard.checkPublish(call, to: topic)
        }
        do { try await schedules.set(channels, of: id) } catch { throw WireError(error) }
        return [:]
    }

    private func topic(_ member: String, _ input: WireValue) throws -> TopicName? {
        guard let text = input[member]?.string else { return nil }
        do { return try ResultChannels.topic(text) } catch {
            throw WireError(
                "ValidationException", "\(member) '\(text.prefix(64))' is not the name of a standard topic.")
        }
    }

    private static func schedule(_ input: WireValue) throws -> ScheduleID {
        do {
            return ScheduleID(
                group: try ScheduleName(input["Group"]?.string ?? ""),
                name: try ScheduleName(input["Name"]?.string ?? ""))
        } catch { throw WireError("ValidationException", "That is not the name of a schedule and of its group.") }
    }
}
