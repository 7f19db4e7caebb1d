import Core

/// A rule of an event bus as it is kept: which events it is about, and where they go.
package struct EventRule: Hashable, Sendable, Codable {
    /// Targets of one rule.
    package static let targetLimit = 5

    package var settings: EventRuleSettings
    package var targets: [EventTarget] = []
    package var tags: [String: String]
    package let created: Instant
    /// What a rate counts from: when the rule was made, or when its times were last changed.
    var anchor: Instant

    /// A new rule without targets.
    init(settings: EventRuleSettings, tags: [String: String], at now: Instant) {
        self.settings = settings
        self.tags = tags
        (created, anchor) = (now, now)
    }

    /// Puts targets in the place of those with the same ids.
    mutating func put(_ new: [EventTarget]) throws(EventBusError) {
        var changed = targets
        for target in new {
            if let place = changed.firstIndex(where: { $0.id == target.id }) {
                changed[place] = target
            } else {
                changed.append(target)
            }
        }
        guard changed.count <= Self.targetLimit else { throw .tooMany(.targets, limit: Self.targetLimit) }
        targets = changed
    }

    /// Removes targets; the ids that it does not have.
    mutating func removeTargets(_ ids: [String]) -> [String] {
        let missing = ids.filter { id in !targets.contains { $0.id == id } }
        targets.removeAll { ids.contains($0.id) }
        return missing
    }
}

/// What somebody says of a rule; another `PutRule` says all of it anew.
package struct EventRuleSettings: Hashable, Sendable, Codable {
    /// Whether it does anything.
    package enum State: String, Sendable, Codable {
        case enabled = "ENABLED"
        case disabled = "DISABLED"
        /// Enabled, also for management events of a trail, of which there are none here.
        case enabledWithAll = "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS"
    }

    package var pattern: String?
    package var schedule: String?
    package var state = State.enabled
    package var summary: String?
    package var role: RoleARN?

    /// Takes a pattern, a schedule expression or both.
    package init(pattern: String?, schedule: String?) {
        self.pattern = pattern
        self.schedule = schedule
    }

    package var isEnabled: Bool { state != .disabled }
}
