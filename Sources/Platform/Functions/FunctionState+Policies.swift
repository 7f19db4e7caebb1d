import Core

extension FunctionState {
    /// Lets somebody call; the statement's resource is `arn`.
    package mutating func addPermission(
        _ statement: PolicyStatement, qualifier: Qualifier?, expecting revision: String?, stamp: ChangeStamp
    ) throws(FunctionError) {
        guard qualifier != .latest else { throw .policyOnLatest }
        let key = qualifier?.description ?? ""
        var policy = policies[key] ?? ResourcePolicy(revision: latest.revision)
        try policy.add(statement, expecting: revision, stamp: stamp)
        policies[key] = policy
    }

    /// Takes a permission back; without its last statement a policy is gone.
    package mutating func removePermission(
        _ sid: String, qualifier: Qualifier?, expecting revision: String?, stamp: ChangeStamp
    ) throws(FunctionError) {
        let key = qualifier?.description ?? ""
        guard var policy = policies[key] else { throw .statementMissing(sid) }
        try policy.remove(sid, expecting: revision, stamp: stamp)
        policies[key] = policy.statements.isEmpty ? nil : policy
    }

    /// The text of the policy of a qualifier, if there is one.
    package func policyDocument(for qualifier: Qualifier?) -> String? {
        policies[qualifier?.description ?? ""]?.document
    }

    /// Who may call a qualifier.
    package func policy(for qualifier: Qualifier?) throws(FunctionError) -> ResourcePolicy {
        guard let policy = policies[qualifier?.description ?? ""] else { throw .policyMissing }
        return policy
    }
}
