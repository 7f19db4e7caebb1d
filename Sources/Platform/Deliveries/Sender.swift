import Core

/// Who has something for a target: a part of the platform, and the resource that it acts for.
package struct Sender: Hashable, Sendable, Codable {
    /// The part of the platform, as policies name it: `events.amazonaws.com`.
    package let service: String
    /// The ARN of what sends, a rule or a schedule: `aws:SourceArn` to the target's policy.
    package let source: String
    /// The role that it acts as; without one the target's own policy must allow the service.
    package let role: RoleARN?

    /// Names all three.
    package init(service: String, source: String, role: RoleARN? = nil) {
        self.service = service
        self.source = source
        self.role = role
    }
}
