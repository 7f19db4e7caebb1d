import Core

/// The rule that stands for an archive among the rules of its bus, as AWS has one for each: everybody may see it, and
/// nobody but the archive changes it.
///
/// Nothing is delivered by it: an event goes into archives with the commit that takes it.
/// Source: EventBridge user guide, "Archiving Amazon EventBridge events", and API reference, "DescribeRule": `ManagedBy`.
package struct ArchiveRule: Hashable, Sendable {
    /// Whose rule it is.
    package static let manager = "prod.vhs.events.aws.internal"
    private static let prefix = "Events-Archive-"

    package let name: RuleName
    package let archive: RuleName
    /// What the archive takes, without what comes out of one.
    package let pattern: String

    init?(_ archive: RuleName, pattern: String?) {
        guard let name = RuleName(rawValue: Self.prefix + archive.text) else { return nil }
        self.name = name
        self.archive = archive
        // It was checked when it was written.
        var pattern = pattern.flatMap { try? JSON(parsing: $0) }?.object ?? JSONObject()
        pattern["replay-name"] = [["exists": false]]
        self.pattern = JSON.object(pattern).text
    }

    /// The archive that a rule of this name would belong to.
    static func archive(of name: RuleName) -> RuleName? {
        name.text.hasPrefix(prefix) ? RuleName(rawValue: String(name.text.dropFirst(prefix.count))) : nil
    }
}

extension EventBuses {
    /// The rules of a bus that belong to its archives, by name; one that an owner's rule has the name of is not among them.
    package nonisolated func archiveRules(of bus: EventBusName) throws(EventBusError) -> [ArchiveRule] {
        let live = try live(bus)
        return live.archives.compactMap { ArchiveRule($0.key, pattern: $0.value.text) }
            .filter { live.rules[$0.name] == nil }
            .sorted { $0.name < $1.name }
    }

    /// The rule of an archive, if it is one.
    package nonisolated func archiveRule(_ id: RuleID) throws(EventBusError) -> ArchiveRule? {
        let live = try live(id.bus)
        guard let name = ArchiveRule.archive(of: id.name), let archive = live.archives[name],
            live.rules[id.name] == nil
        else { return nil }
        return ArchiveRule(name, pattern: archive.text)
    }

    /// Refuses to change what belongs to an archive.
    nonisolated func checkNotManaged(_ id: RuleID) throws(EventBusError) {
        if let rule = try archiveRule(id) { throw .ruleManaged(id.name, archive: rule.archive) }
    }
}
