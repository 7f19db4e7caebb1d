import AccessPolicy
import Core
import Platform

/// What one operation of EventBridge is given, and what it acts on.
struct EventBridgeRequest: Sendable {
    let call: Call
    let input: WireValue
    let buses: EventBuses

    func text(_ member: String) -> String? { input[member]?.string }

    /// The bus that a member names, by name or ARN; the default one where it says nothing.
    func bus(_ member: String = "EventBusName") throws(EventBusError) -> EventBusName {
        guard let text = text(member) else { return .standard }
        return try buses.busName(text)
    }

    /// A name; the model has seen to it that it is one.
    func name(_ member: String) throws -> RuleName {
        do { return try RuleName(text(member) ?? "") } catch {
            throw WireError("ValidationException", "\(member) is not a name.")
        }
    }

    /// The rule that is meant.
    func rule(_ member: String = "Name") throws -> RuleID { RuleID(bus: try bus(), name: try name(member)) }

    /// The role that a value names, if it names one.
    func role(_ value: WireValue) throws -> RoleARN? {
        guard let text = value["RoleArn"]?.string else { return nil }
        do { return try RoleARN(text) } catch {
            throw WireError("ValidationException", "Parameter RoleArn is not valid: \(text.prefix(256))")
        }
    }

    /// The tags that the input lists; of those with one key the last counts.
    var tags: [String: String] {
        var tags: [String: String] = [:]
        for tag in input["Tags"]?.list ?? [] { tags[tag["Key"]?.string ?? ""] = tag["Value"]?.string ?? "" }
        return tags
    }

    /// A page of a list that is in memory and ordered by `id`.
    func page<Element>(_ all: [Element], id: (Element) -> String) throws -> Listing<Element> {
        do throws(FunctionError) {
            return try Listing(of: all, after: text("NextToken"), limit: input["Limit"]?.int ?? 100, id: id)
        } catch { throw EventBusError.badToken }
    }
}

/// What the operations act on, as policies name it.
extension EventBridgeRequest {
    /// The bus and the rule that tags are asked of, changed or removed for.
    enum Tagged {
        case bus(EventBusName)
        case rule(RuleID)
    }

    func tagged() throws(EventBusError) -> Tagged {
        let text = text("ResourceARN") ?? ""
        for (kind, make) in [("event-bus/", Self.taggedBus), ("rule/", Self.taggedRule)] {
            let prefix = buses.arn(prefix: kind).description
            guard text.hasPrefix(prefix) else { continue }
            if let tagged = make(String(text.dropFirst(prefix.count))) { return tagged }
        }
        throw .resourceMissing(text)
    }

    // What is no name names nothing.
    private static func taggedBus(_ text: String) -> Tagged? { (try? EventBusName(text)).map { .bus($0) } }

    private static func taggedRule(_ text: String) -> Tagged? {
        RuleID(text.contains("/") ? text : "\(EventBusName.standard)/\(text)").map { .rule($0) }
    }

    /// The bus that an ARN is of, or to whose rules it belongs.
    func bus(of arn: ARN) -> EventBusName? {
        let parts = arn.resource.split(separator: "/", maxSplits: 2).map(String.init)
        // What is no name names no bus.
        switch parts.first {
        case "event-bus" where parts.count == 2: return try? EventBusName(parts[1])
        case "rule": return parts.count == 2 ? .standard : parts.count == 3 ? try? EventBusName(parts[1]) : nil
        default: return nil
        }
    }

    /// Everything that an operation acts on, with what conditions may ask about each.
    func resources(of operation: String) throws -> [(Resource, [String: ContextValue])] {
        let facts = RequestFacts.facts("events", operation, input)
        func named(_ arn: ARN) -> [(Resource, [String: ContextValue])] {
            [(.named(arn, owner: buses.account), facts)]
        }
        switch operation {
        case "PutEvents": return try putResources()
        case "CreateEventBus" where text("Name")?.contains("/") == true:
            throw WireError("ValidationException", "Event bus name must not contain '/'.")
        case "CreateEventBus", "DeleteEventBus", "DescribeEventBus", "UpdateEventBus":
            return named(buses.arn(try bus("Name")))
        case "PutPermission", "RemovePermission": return named(buses.arn(try bus()))
        case "ListEventBuses", "TestEventPattern": return [(.account(call.account), facts)]
        case "ListRules", "ListRuleNamesByTarget":
            return named(buses.arn(prefix: "rule/\(try bus() == .standard ? "" : "\(try bus())/")*"))
        case "PutTargets":
            let targets = (input["Targets"]?.list ?? []).compactMap { $0["Arn"]?.string }
            let all = facts.merging(["events:targetarn": .texts(targets)]) { $1 }
            return [(.named(buses.arn(try rule("Rule")), owner: buses.account), all)]
        case "RemoveTargets", "ListTargetsByRule": return named(buses.arn(try rule("Rule")))
        case "PutRule", "DeleteRule", "DescribeRule", "EnableRule", "DisableRule":
            return named(buses.arn(try rule()))
        case "TagResource", "UntagResource", "ListTagsForResource":
            switch try tagged() {
            case .bus(let name): return named(buses.arn(name))
            case .rule(let id): return named(buses.arn(id))
            }
        case "CreateArchive", "UpdateArchive", "DeleteArchive", "DescribeArchive":
            return named(buses.arn(archive: try name("ArchiveName")))
        case "CreateConnection", "UpdateConnection", "DeleteConnection", "DescribeConnection", "DeauthorizeConnection":
            return named(buses.arn(prefix: "connection/\(try name("Name"))"))
        case "CreateApiDestination", "UpdateApiDestination", "DeleteApiDestination", "DescribeApiDestination":
            return named(buses.arn(prefix: "api-destination/\(try name("Name"))"))
        case "StartReplay", "CancelReplay", "DescribeReplay":
            return named(buses.arn(prefix: "replay/\(try name("ReplayName"))"))
        default: return [(.account(call.account), facts)]
        }
    }

    /// The buses that entries are for; whoever may not put one of them may put none.
    private func putResources() throws -> [(Resource, [String: ContextValue])] {
        var resources: [(Resource, [String: ContextValue])] = []
        for entry in input["Entries"]?.list ?? [] {
            // A bus that cannot be is refused later, entry by entry.
            let name = entry["EventBusName"]?.string
            guard let bus = try? name.map({ try buses.busName($0) }) ?? .standard else { continue }
            var facts: [String: ContextValue] = [:]
            if let source = entry["Source"]?.string { facts["events:source"] = .text(source) }
            if let type = entry["DetailType"]?.string { facts["events:detail-type"] = .text(type) }
            let resource = Resource.named(buses.arn(bus), owner: buses.account)
            if !resources.contains(where: { $0.0 == resource && $0.1 == facts }) { resources.append((resource, facts)) }
        }
        return resources
    }
}
