import Core

/// All that is kept about a topic beside its subscriptions.
package struct TopicState: Hashable, Sendable, Codable {
    /// Most tags of one topic.
    package static let tagLimit = 50
    /// Most actions of one permission, as AWS takes them.
    private static let actionLimit = 20

    package let created: Instant
    package var settings: TopicSettings
    package private(set) var tags: [String: String]
    /// How many subscriptions it had that are no more.
    package var deleted = 0

    /// A new topic.
    package init(settings: TopicSettings, tags: [String: String], at now: Instant) throws(TopicError) {
        guard tags.count <= Self.tagLimit else { throw .tooManyTags(limit: Self.tagLimit) }
        created = now
        self.settings = settings
        self.tags = tags
    }

    /// Adds tags, in the place of those with the same keys.
    package mutating func tag(_ tags: [String: String]) throws(TopicError) {
        let merged = self.tags.merging(tags) { _, new in new }
        guard merged.count <= Self.tagLimit else { throw .tooManyTags(limit: Self.tagLimit) }
        self.tags = merged
    }

    /// Removes tags; those that are not there are not missed.
    package mutating func untag(_ keys: [String]) { for key in keys { tags[key] = nil } }

    /// Allows accounts to do something with the topic: a statement of its policy, found again by its label.
    package mutating func addPermission(
        _ label: String, accounts: [AccountID], actions: [String], on arn: ARN
    ) throws(TopicError) {
        guard actions.count <= Self.actionLimit else { throw .badParameter("Invalid parameter: ActionName") }
        var statements = statements(on: arn)
        guard !statements.contains(where: { $0["Sid"]?.string == label }) else {
            throw .badParameter("Invalid parameter: Statement already exists")
        }
        let principals = accounts.map { JSON.string("arn:aws:iam::\($0):root") }
        let names = actions.map { JSON.string("SNS:\($0)") }
        statements.append([
            "Sid": .string(label), "Effect": "Allow",
            "Principal": ["AWS": principals.count == 1 ? principals[0] : .array(principals)],
            "Action": names.count == 1 ? names[0] : .array(names), "Resource": .string(arn.description),
        ])
        try setStatements(statements, on: arn)
    }

    /// Takes the statement with a label out of the policy; one that is not there is not missed.
    package mutating func removePermission(_ label: String, on arn: ARN) throws(TopicError) {
        let all = statements(on: arn)
        let kept = all.filter { $0["Sid"]?.string != label }
        if kept.count < all.count { try setStatements(kept, on: arn) }
    }

    private func document(on arn: ARN) -> JSONObject {
        // The text was parsed when it was set, or is ours.
        (try? JSON(parsing: TopicAttributes.policyText(of: settings, on: arn)))?.object ?? JSONObject()
    }

    private func statements(on arn: ARN) -> [JSON] {
        guard let statement = document(on: arn)["Statement"] else { return [] }
        return statement.array ?? [statement]
    }

    private mutating func setStatements(_ statements: [JSON], on arn: ARN) throws(TopicError) {
        var document = document(on: arn)
        document["Statement"] = .array(statements)
        settings.policy = statements.isEmpty ? nil : try TopicAttributes.policy(JSON.object(document).text)
    }
}
