import Core

/// The tags of whatever requests act on, for conditions on `aws:ResourceTag/KEY`.
///
/// Asked only where a policy that has a say asks for them. What is not there, and what can have no tags, has none; tags that
/// cannot be read are an error, because a denial may hang on them.
package struct ResourceTags: Sendable {
    private let identity: Identity
    private let functions: Functions
    private let sources: EventSources
    private let queues: Queues
    private let topics: Topics
    private let buses: EventBuses
    private let schedules: Schedules
    private let workflows: Workflows
    private let logs: Logs

    /// Asks those who keep what can have tags.
    package init(
        identity: Identity, functions: Functions, sources: EventSources, queues: Queues, topics: Topics,
        buses: EventBuses, schedules: Schedules, workflows: Workflows, logs: Logs
    ) {
        self.identity = identity
        self.functions = functions
        self.sources = sources
        self.queues = queues
        self.topics = topics
        self.buses = buses
        self.schedules = schedules
        self.workflows = workflows
        self.logs = logs
    }

    /// The tags of a resource of the account.
    package func tags(of resource: Resource) async throws -> [String: String] {
        guard resource.owner == identity.account else { return [:] }
        switch resource {
        case .function(_, _, let name, _): return try await function(name)
        case .account: return [:]
        case .named(let arn, _):
            return switch arn.service {
            case "lambda": try await lambda(arn)
            case "sqs": try await queue(arn)
            case "sns": try await topic(arn)
            case "events": try await events(arn)
            case "scheduler": try await scheduleGroup(arn)
            case "states": try await states(arn)
            case "logs": try await logGroup(arn)
            case "iam": try await holder(arn)
            default: [:]
            }
        }
    }

    private func function(_ name: FunctionName) async throws -> [String: String] {
        do { return try await functions.settings(of: name, in: identity.account).tags } catch .functionMissing {
            return [:]
        }
    }

    private func lambda(_ arn: ARN) async throws -> [String: String] {
        guard let (kind, name) = arn.parts(":") else { return [:] }
        switch kind {
        case "function":
            // What is no name names nothing, here and below.
            guard let function = try? FunctionReference(arn.description).name else { return [:] }
            return try await self.function(function)
        case "event-source-mapping":
            guard let id = EventSourceID(name) else { return [:] }
            do { return try await sources.describe(id).source.tags } catch .missing { return [:] }
        default: return [:]
        }
    }

    private func queue(_ arn: ARN) async throws -> [String: String] {
        guard let address = QueueAddress(arn: arn.description, region: queues.region) else { return [:] }
        do { return try await queues.queue(address).state.tags } catch .missing { return [:] }
    }

    private func topic(_ arn: ARN) async throws -> [String: String] {
        guard let address = TopicAddress(arn, region: topics.region) else { return [:] }
        do { return try await topics.topic(address).state.tags } catch .missing { return [:] }
    }

    private func events(_ arn: ARN) async throws -> [String: String] {
        guard let (kind, name) = arn.parts("/") else { return [:] }
        do {
            switch kind {
            case "event-bus":
                guard let bus = try? EventBusName(name) else { return [:] }
                try await buses.seek(bus)
                return try buses.bus(bus).tags
            case "rule":
                guard let rule = RuleID(name.contains("/") ? name : "\(EventBusName.standard)/\(name)") else {
                    return [:]
                }
                try await buses.seek(rule.bus)
                return try buses.rule(rule).tags
            default: return [:]
            }
        } catch EventBusError.busMissing, EventBusError.ruleMissing { return [:] }
    }

    private func scheduleGroup(_ arn: ARN) async throws -> [String: String] {
        guard let (kind, name) = arn.parts("/"), kind == "schedule-group", let group = try? ScheduleName(name) else {
            return [:]
        }
        do { return try await schedules.group(group).tags } catch .missing { return [:] }
    }

    /// A version or an alias of a machine has the machine's tags, and an execution none.
    private func states(_ arn: ARN) async throws -> [String: String] {
        guard let (kind, rest) = arn.parts(":"), let text = rest.split(separator: ":").first,
            let name = try? WorkflowName(String(text))
        else { return [:] }
        do {
            switch kind {
            case "stateMachine": return try await workflows.machines.tags(of: name)
            case "activity": return try await workflows.activities.activity(name).tags
            default: return [:]
            }
        } catch WorkflowError.machineMissing, WorkflowError.declined(.activityMissing) { return [:] }
    }

    private func logGroup(_ arn: ARN) async throws -> [String: String] {
        guard let (kind, rest) = arn.parts(":"), kind == "log-group", let text = rest.split(separator: ":").first,
            let name = try? LogGroupName(String(text))
        else { return [:] }
        do { return try await logs.group(LogGroupID(account: identity.account, name: name)).tags } catch LogsError
            .groupMissing
        {
            return [:]
        }
    }

    private func holder(_ arn: ARN) async throws -> [String: String] {
        guard let (kind, path) = arn.parts("/"), let last = path.split(separator: "/").last else { return [:] }
        do {
            if kind == "oidc-provider" { return try await identity.provider(arn).tags.values }
            guard let name = try? EntityName(String(last)) else { return [:] }
            switch kind {
            case "role": return try await identity.get(RoleRecord.self, name).tags.values
            case "user": return try await identity.get(UserRecord.self, name).tags.values
            case "policy": return try await identity.get(PolicyRecord.self, name).tags.values
            default: return [:]
            }
        } catch IdentityError.notFound { return [:] }
    }
}

extension ARN {
    /// What kind of thing the resource is, and which.
    fileprivate func parts(_ separator: Character) -> (kind: Substring, name: String)? {
        guard let place = resource.firstIndex(of: separator) else { return nil }
        return (resource[..<place], String(resource[resource.index(after: place)...]))
    }
}
