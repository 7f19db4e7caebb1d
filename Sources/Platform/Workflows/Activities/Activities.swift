import Core
import Storage

/// The activities of an account: who may ask for tasks under which name.
///
/// What is asked for lies in the work queue, and is handed out by `Workflows`.
package struct Activities: Sendable {
    package let account: AccountID
    package let region: Region
    private let records: WorkflowRecords
    private let clock: @Sendable () -> Instant

    /// Keeps them beside the state machines.
    init(_ machines: StateMachines) {
        account = machines.account
        region = machines.region
        records = machines.records
        clock = { machines.now }
    }

    /// The ARN of an activity.
    package func arn(_ name: WorkflowName) -> ARN {
        ARN(service: "states", region: region, account: account, resource: "activity:\(name)")
    }

    /// The activity of this account and region that an ARN names, which may be one that is not there.
    package func name(_ arn: String) throws(WorkflowError) -> WorkflowName {
        let prefix = ARN(service: "states", region: region, account: account, resource: "activity:").description
        guard arn.hasPrefix(prefix), let name = WorkflowName(rawValue: String(arn.dropFirst(prefix.count))) else {
            throw .declined(.activityMissing(arn))
        }
        return name
    }

    /// Makes an activity; the same again is no error, whatever its tags.
    package func create(
        _ name: WorkflowName, encryption: String?, tags: [String: String]
    ) async throws(WorkflowError) -> Activity {
        guard tags.count <= Workflow.tagLimit else { throw .tooManyTags(limit: Workflow.tagLimit) }
        if let found = try await records.read(Self.key(name), as: Activity.self) {
            guard found.value.encryption == encryption else { throw .declined(.activityExists(name.text)) }
            return found.value
        }
        guard try await list(after: nil, limit: Activity.limit).activities.count < Activity.limit else {
            throw .declined(.tooManyActivities(limit: Activity.limit))
        }
        let made = Activity(created: clock(), tags: tags, encryption: encryption)
        let key = try await records.makeKey(for: "activity/\(name)")
        let put = try await records.put(made, at: Self.key(name), key: key, expect: .absent)
        guard try await records.commit([put]) != nil else { throw .changedMeanwhile(name.text) }
        return made
    }

    /// An activity.
    package func activity(_ name: WorkflowName) async throws(WorkflowError) -> Activity { try await load(name).value }

    /// Takes an activity away; one that is not there is not missed.
    ///
    /// Tasks that wait for it run out of time.
    package func delete(_ name: WorkflowName) async throws(WorkflowError) {
        guard let found = try await records.read(Self.key(name), as: Activity.self) else { return }
        _ = try await records.commit([.delete(Self.key(name))])
        try await records.erase(found.key)
    }

    /// Activities in the order of their names, and where the next page begins.
    package func list(
        after token: String?, limit: Int
    ) async throws(WorkflowError) -> (activities: [(name: WorkflowName, activity: Activity)], next: String?) {
        let page: (found: [(id: String, value: Activity)], last: String?) = try await records.page(
            Self.kind, prefix: "", after: try PageToken.last(token), limit: limit)
        var activities: [(name: WorkflowName, activity: Activity)] = []
        for (id, activity) in page.found {
            guard let name = WorkflowName(rawValue: id) else { throw .unreadable(id: id) }
            activities.append((name, activity))
        }
        return (activities, page.last.map(PageToken.text))
    }

    /// Changes the tags of an activity.
    package func changeTags(
        of name: WorkflowName, _ change: @Sendable (inout [String: String]) -> Void
    ) async throws(WorkflowError) {
        var found = try await load(name)
        change(&found.value.tags)
        guard found.value.tags.count <= Workflow.tagLimit else { throw .tooManyTags(limit: Workflow.tagLimit) }
        let put = try await records.put(
            found.value, at: Self.key(name), key: found.key, expect: .version(found.version))
        guard try await records.commit([put]) != nil else { throw .changedMeanwhile(name.text) }
    }

    private func load(_ name: WorkflowName) async throws(WorkflowError) -> WorkflowRecords.Found<Activity> {
        guard let found = try await records.read(Self.key(name), as: Activity.self) else {
            throw .declined(.activityMissing(arn(name).description))
        }
        return found
    }

    private static let kind = "activity"

    private static func key(_ name: WorkflowName) -> RecordKey { RecordKey(kind: kind, id: name.text) }
}
