import AccessPolicy
import Core
import Platform

/// The operations of EventBridge Scheduler.
package struct SchedulerOperations: Sendable {
    /// What one operation is given: the call, and its input.
    struct Request: Sendable {
        let call: Call
        let input: WireValue
    }

    typealias Handler = @Sendable (Request) async throws -> WireValue

    let schedules: Schedules
    private let identity: Identity

    /// Serves an account's schedules; `identity` knows the roles as which they call their targets.
    package init(schedules: Schedules, identity: Identity) {
        self.schedules = schedules
        self.identity = identity
    }

    /// The handlers by operation.
    package var operations: [String: OperationHandler] {
        var operations: [String: OperationHandler] = [:]
        for group in [scheduleOperations, groupOperations] {
            for (name, handler) in group { operations[name] = guarded(name, handler) }
        }
        return operations
    }

    /// Lets the caller through if it may, and turns what a handler throws into what the wire knows.
    private func guarded(_ name: String, _ handler: @escaping Handler) -> OperationHandler {
        let action = Action(service: "scheduler", name: name)
        return { call, input in
            let request = Request(call: call, input: input)
            do {
                try await Guard.check(
                    call, action, on: request.resource(of: name, schedules),
                    facts: RequestFacts.facts("scheduler", name, input))
                return try await handler(request)
            } catch let error as ScheduleError {
                throw WireError(error)
            }
        }
    }

    /// Whoever lets a schedule act as a role must be allowed to pass that role on, and the role must trust the scheduler.
    func requireUsable(_ role: RoleARN, by call: Call) async throws {
        guard let arn = try? ARN(role.text) else { return }  // It was made of one.
        try await Guard.checkPassRole(call, arn, of: role.account, to: Firing.service)
        guard try await SenderAccess.mayAct(as: role, Firing.service, for: call.account, identity) else {
            throw WireError(
                "ValidationException",
                "The execution role you provide must allow AWS EventBridge Scheduler to assume the role.")
        }
    }
}

extension SchedulerOperations.Request {
    /// What the operation acts on, as policies name it.
    fileprivate func resource(of operation: String, _ schedules: Schedules) throws -> Resource {
        switch operation {
        case "ListSchedules", "ListScheduleGroups": return .account(call.account)
        case "CreateScheduleGroup", "DeleteScheduleGroup", "GetScheduleGroup":
            return .named(schedules.arn(group: try name("Name")), owner: call.account)
        case "ListTagsForResource", "TagResource", "UntagResource":
            return .named(schedules.arn(group: try taggedGroup(schedules)), owner: call.account)
        default: return .named(schedules.arn(try scheduleID()), owner: call.account)
        }
    }

    /// The schedule that the input names; the default group's where it names none.
    func scheduleID() throws -> ScheduleID {
        ScheduleID(group: try group() ?? .defaultGroup, name: try name("Name"))
    }

    /// The group that the input names, if it names one.
    func group() throws -> ScheduleName? { input["GroupName"] == nil ? nil : try name("GroupName") }

    /// A name; the model has seen to it that it is one.
    func name(_ member: String) throws -> ScheduleName {
        do { return try ScheduleName(input[member]?.string ?? "") } catch {
            throw WireError("ValidationException", "\(member) is not the name of a schedule or a group.")
        }
    }

    /// The group whose tags are meant; only groups have tags.
    func taggedGroup(_ schedules: Schedules) throws -> ScheduleName {
        let text = input["ResourceArn"]?.string ?? ""
        let last = text.split(separator: "/").last.map(String.init) ?? ""
        guard let name = try? ScheduleName(last), schedules.arn(group: name).description == text else {
            throw WireError("ResourceNotFoundException", "There is no schedule group \(text.prefix(256)).")
        }
        return name
    }

    /// The tags that the input lists; of those with one key the last counts.
    var tags: [String: String] {
        var tags: [String: String] = [:]
        for tag in input["Tags"]?.list ?? [] { tags[tag["Key"]?.string ?? ""] = tag["Value"]?.string ?? "" }
        return tags
    }

    /// The most elements of a page.
    var limit: Int { input["MaxResults"]?.int ?? 100 }
}
