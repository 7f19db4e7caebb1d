import Core

extension QueueState {
    /// Most actions of one permission, as AWS takes them.
    private static let actionLimit = 7

    /// Allows accounts to do something with the queue: a statement of its policy, found again by its label.
    package mutating func addPermission(
        _ label: String, accounts: [AccountID], actions: [String], on arn: ARN, at now: Instant
    ) throws(QueueError) {
        guard actions.count <= Self.actionLimit else {
            throw .badRequest("\(actions.count) Actions were found, maximum allowed is \(Self.actionLimit).")
        }
        var statements = statements
        guard !statements.contains(where: { $0["Sid"]?.string == label }) else {
            throw .badValue(label, parameter: "Label", reason: "Already exists.")
        }
        let principals = accounts.map { JSON.string("arn:aws:iam::\($0):root") }
        let names = actions.map { JSON.string("SQS:\($0)") }
        statements.append([
            "Sid": .string(label), "Effect": "Allow",
            "Principal": ["AWS": principals.count == 1 ? principals[0] : .array(principals)],
            "Action": names.count == 1 ? names[0] : .array(names), "Resource": .string(arn.description),
        ])
        try setStatements(statements, on: arn, at: now)
    }

    /// Takes the statement with a label out of the policy.
    package mutating func removePermission(_ label: String, on arn: ARN, at now: Instant) throws(QueueError) {
        let kept = statements.filter { $0["Sid"]?.string != label }
        guard kept.count < statements.count else {
            throw .badValue(label, parameter: "Label", reason: "can't find label.")
        }
        try setStatements(kept, on: arn, at: now)
    }

    private var document: JSONObject {
        // The text was parsed when it was set.
        settings.policy.flatMap { try? JSON(parsing: $0) }?.object ?? JSONObject()
    }

    private var statements: [JSON] {
        guard let statement = document["Statement"] else { return [] }
        return statement.array ?? [statement]
    }

    private mutating func setStatements(_ statements: [JSON], on arn: ARN, at now: Instant) throws(QueueError) {
        var document = document
        if document["Version"] == nil {
            document["Version"] = "2008-10-17"
            document["Id"] = .string("\(arn)/SQSDefaultPolicy")
        }
        document["Statement"] = .array(statements)
        var settings = settings
        settings.policy =
            statements.isEmpty ? nil : try QueueAttributes.policy(JSON.object(document).text)
        set(settings, at: now)
    }
}
