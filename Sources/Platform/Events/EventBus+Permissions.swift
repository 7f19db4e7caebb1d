import AccessPolicy
import Core

extension EventBus {
    /// Sets the whole policy of a bus.
    package mutating func setPolicy(_ text: String) throws(EventBusError) {
        guard text.utf8.count <= Self.policyLimit else { throw .policyTooLong(limit: Self.policyLimit) }
        do { _ = try Policy(parsing: text, use: .resource) } catch { throw .badPolicy("\(error)") }
        let compact: String
        do { compact = try JSON(parsing: text).text } catch { throw .badPolicy("it is not JSON") }
        policy = compact
    }

    /// Allows an account, or everybody where a condition holds, an action: a statement found again by its id.
    package mutating func putPermission(
        _ id: String, action: String, principal: String, condition: (type: String, key: String, value: String)?,
        on arn: ARN
    ) throws(EventBusError) {
        var statement = JSONObject([
            ("Sid", .string(id)), ("Effect", "Allow"),
            ("Principal", principal == "*" ? "*" : ["AWS": .string("arn:aws:iam::\(principal):root")]),
            ("Action", .string(action)), ("Resource", .string(arn.description)),
        ])
        if let condition {
            let test = JSON.object(JSONObject([(condition.key, .string(condition.value))]))
            statement["Condition"] = .object(JSONObject([(condition.type, test)]))
        }
        try setStatements(statements.filter { $0["Sid"]?.string != id } + [.object(statement)])
    }

    /// Takes the statement with an id out of the policy.
    package mutating func removePermission(_ id: String) throws(EventBusError) {
        guard policy != nil else { throw .noPolicy }
        let kept = statements.filter { $0["Sid"]?.string != id }
        guard kept.count < statements.count else { throw .statementMissing }
        try setStatements(kept)
    }

    private var statements: [JSON] {
        // The text was parsed when it was set.
        guard let statement = policy.flatMap({ try? JSON(parsing: $0) })?["Statement"] else { return [] }
        return statement.array ?? [statement]
    }

    private mutating func setStatements(_ statements: [JSON]) throws(EventBusError) {
        guard !statements.isEmpty else { return policy = nil }
        let document: JSON = ["Version": "2012-10-17", "Statement": .array(statements)]
        try setPolicy(document.text)
    }
}
