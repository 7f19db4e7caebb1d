import Core
import EventPattern
import Storage

/// A bus as events meet it: its rules compiled, everything in memory.
struct LiveBus: Sendable {
    /// A rule, and the version of the record that says so.
    struct Rule: Sendable {
        var value: EventRule
        let version: Int64
    }

    /// An archive, and which events it takes.
    struct Archive: Sendable {
        let log: EventLogID
        /// The pattern as it was said; none takes all.
        let text: String?
        let pattern: EventPattern?
        let version: Int64

        init(_ archive: EventArchive, log: EventLogID, version: Int64) throws(PatternError) {
            self.log = log
            self.version = version
            text = archive.settings.pattern
            pattern = if let text { try EventPattern(parsing: text) } else { nil }
        }
    }

    var value: EventBus
    var version: Int64
    let key: KeyName
    private(set) var rules: [RuleName: Rule] = [:]
    private(set) var archives: [RuleName: Archive] = [:]
    /// The patterns of all rules that are enabled.
    private var patterns = RuleSet<RuleName>()

    init(_ value: EventBus, version: Int64, key: KeyName) {
        self.value = value
        self.version = version
        self.key = key
    }

    /// A rule says this now; its pattern was checked when it was written.
    mutating func set(_ name: RuleName, _ rule: EventRule, version: Int64) throws(PatternError) {
        let old = rules.updateValue(Rule(value: rule, version: version), forKey: name)
        if let old, old.value.settings.pattern == rule.settings.pattern,
            old.value.settings.isEnabled == rule.settings.isEnabled
        {
            return
        }
        patterns.remove(name)
        guard rule.settings.isEnabled, let pattern = rule.settings.pattern else { return }
        patterns.add(try EventPattern(parsing: pattern), as: name)
    }

    mutating func remove(_ name: RuleName) {
        rules[name] = nil
        patterns.remove(name)
    }

    mutating func set(_ name: RuleName, _ archive: Archive?) { archives[name] = archive }

    /// The versions of all records that say what it is.
    func versions(of name: EventBusName) -> [RecordKey: Int64] {
        var versions = [EventRecords.key(name): version]
        for (rule, found) in rules { versions[EventRecords.key(RuleID(bus: name, name: rule))] = found.version }
        for (archive, found) in archives { versions[EventRecords.key(archive: archive)] = found.version }
        return versions
    }

    /// The rules that an event matches.
    func rules(matching event: [UInt8], using scratch: inout MatchScratch) throws(EventError) -> [RuleName] {
        try patterns.names(matching: event, using: &scratch)
    }
}
