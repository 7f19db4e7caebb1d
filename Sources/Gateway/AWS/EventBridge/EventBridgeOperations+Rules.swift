import Core
import Platform

extension EventBridgeOperations {
    var ruleOperations: [String: Handler] {
        [
            "PutRule": put, "DeleteRule": delete, "DescribeRule": describe, "ListRules": list,
            "EnableRule": enable, "DisableRule": disable, "ListRuleNamesByTarget": namesByTarget,
        ]
    }

    @Sendable private func put(_ request: EventBridgeRequest) async throws -> WireValue {
        let id = try request.rule()
        // An empty text says nothing, as some clients mean it.
        func text(_ member: String) -> String? { request.text(member).flatMap { $0.isEmpty ? nil : $0 } }
        var settings = EventRuleSettings(pattern: text("EventPattern"), schedule: text("ScheduleExpression"))
        settings.state = request.text("State").flatMap { EventRuleSettings.State(rawValue: $0) } ?? .enabled
        settings.summary = request.text("Description")
        settings.role = try request.role(request.input)
        try await requirePassable(settings.role, by: request.call)
        try await buses.putRule(id, settings, tags: request.tags)
        return ["RuleArn": .string(buses.arn(id).description)]
    }

    @Sendable private func delete(_ request: EventBridgeRequest) async throws -> WireValue {
        try await buses.deleteRule(request.rule())
        return [:]
    }

    @Sendable private func describe(_ request: EventBridgeRequest) async throws -> WireValue {
        let id = try request.rule()
        let found =
            if let rule = try buses.archiveRule(id) { value(rule, on: id.bus) } else { value(id, try buses.rule(id)) }
        return found.with("CreatedBy", .string(buses.account.text))
    }

    @Sendable private func list(_ request: EventBridgeRequest) async throws -> WireValue {
        let bus = try request.bus()
        let prefix = request.text("NamePrefix") ?? ""
        var rules = try buses.rules(of: bus).map { ($0.name, value(RuleID(bus: bus, name: $0.name), $0.rule)) }
        rules += try buses.archiveRules(of: bus).map { ($0.name, value($0, on: bus)) }
        let wanted = rules.filter { $0.0.text.hasPrefix(prefix) }.sorted { $0.0 < $1.0 }
        let page = try request.page(wanted) { $0.0.text }
        return ["Rules": .list(page.elements.map(\.1)), "NextToken": WireValue(page.next)]
    }

    @Sendable private func enable(_ request: EventBridgeRequest) async throws -> WireValue {
        try await set(.enabled, of: request.rule())
    }

    @Sendable private func disable(_ request: EventBridgeRequest) async throws -> WireValue {
        try await set(.disabled, of: request.rule())
    }

    private func set(_ state: EventRuleSettings.State, of id: RuleID) async throws -> WireValue {
        try await buses.changeRule(id) { rule in rule.settings.state = state }
        return [:]
    }

    @Sendable private func namesByTarget(_ request: EventBridgeRequest) async throws -> WireValue {
        let arn = request.text("TargetArn")
        let names = try buses.rules(of: request.bus()).filter { _, rule in rule.targets.contains { $0.arn == arn } }
        let page = try request.page(names.map(\.name.text)) { $0 }
        return ["RuleNames": WireValue(page.elements), "NextToken": WireValue(page.next)]
    }

    private func value(_ rule: ArchiveRule, on bus: EventBusName) -> WireValue {
        [
            "Name": .string(rule.name.text),
            "Arn": .string(buses.arn(RuleID(bus: bus, name: rule.name)).description),
            "EventPattern": .string(rule.pattern), "State": "ENABLED", "ManagedBy": .string(ArchiveRule.manager),
            "EventBusName": .string(bus.text),
        ]
    }

    private func value(_ id: RuleID, _ rule: EventRule) -> WireValue {
        let settings = rule.settings
        return [
            "Name": .string(id.name.text), "Arn": .string(buses.arn(id).description),
            "EventPattern": WireValue(settings.pattern), "ScheduleExpression": WireValue(settings.schedule),
            "State": .string(settings.state.rawValue), "Description": WireValue(settings.summary),
            "RoleArn": WireValue(settings.role?.text), "EventBusName": .string(id.bus.text),
        ]
    }
}
