import Core
import Platform

extension StepFunctionsOperations {
    var activityOperations: [String: Handler] {
        [
            "CreateActivity": createActivity, "DeleteActivity": deleteActivity, "DescribeActivity": describeActivity,
            "ListActivities": listActivities, "GetActivityTask": getTask,
        ]
    }

    private var activities: Activities { workflows.activities }

    @Sendable private func createActivity(_ request: Request) async throws -> WireValue {
        let name = try request.name()
        let activity = try await activities.create(
            name, encryption: request.input["encryptionConfiguration"]?.json.text, tags: request.tags)
        return [
            "activityArn": .string(activities.arn(name).description),
            "creationDate": .timestamp(activity.created.seconds),
        ]
    }

    @Sendable private func deleteActivity(_ request: Request) async throws -> WireValue {
        try await activities.delete(activities.name(request.arn("activityArn")))
        return [:]
    }

    @Sendable private func describeActivity(_ request: Request) async throws -> WireValue {
        let name = try activities.name(request.arn("activityArn"))
        let activity = try await activities.activity(name)
        var value = described(name, activity)
        // It was JSON when it came.
        if let text = activity.encryption, let json = try? JSON(parsing: text) {
            value["encryptionConfiguration"] = WireValue(json)
        }
        return value
    }

    @Sendable private func listActivities(_ request: Request) async throws -> WireValue {
        let page = try await activities.list(after: request.token, limit: request.limit)
        return [
            "activities": .list(page.activities.map { described($0.name, $0.activity) }),
            "nextToken": WireValue(page.next),
        ]
    }

    private func described(_ name: WorkflowName, _ activity: Activity) -> WireValue {
        [
            "activityArn": .string(activities.arn(name).description), "name": .string(name.text),
            "creationDate": .timestamp(activity.created.seconds),
        ]
    }

    /// Waits for a task; where none comes, there is no token in the answer.
    @Sendable private func getTask(_ request: Request) async throws -> WireValue {
        let task = try await workflows.task(
            of: activities.name(request.arn("activityArn")), worker: request.input["workerName"]?.string)
        return ["taskToken": WireValue(task?.token), "input": WireValue(task?.input)]
    }
}

extension StepFunctionsOperations.Request {
    /// The activity whose tags are meant, if they are those of one.
    func taggedActivity(_ activities: Activities) throws -> WorkflowName? {
        let text = try arn("resourceArn")
        guard (try? ARN(text))?.resource.hasPrefix("activity:") == true else { return nil }
        do { return try activities.name(text) } catch {
            throw WireError("ResourceNotFound", "Resource not found: '\(text)'")
        }
    }
}
