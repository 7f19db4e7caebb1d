import Core

extension Functions {
    /// Lets somebody call a function, a version or an alias.
    package func addPermission(
        _ statement: PolicyStatement, to name: FunctionName, _ qualifier: Qualifier?, expecting revision: String?,
        in account: AccountID
    ) async throws(FunctionError) {
        try await change(name, in: account) { draft throws(FunctionError) in
            try require(qualifier, of: name, in: draft)
            try draft.state.addPermission(statement, qualifier: qualifier, expecting: revision, stamp: .now)
        }
    }

    /// Takes a permission back.
    package func removePermission(
        _ sid: String, from name: FunctionName, _ qualifier: Qualifier?, expecting revision: String?,
        in account: AccountID
    ) async throws(FunctionError) {
        try await change(name, in: account) { draft throws(FunctionError) in
            try draft.state.removePermission(sid, qualifier: qualifier, expecting: revision, stamp: .now)
        }
    }

    /// The text of the policy of a function, a version or an alias, if there is one; there is none of what is not there.
    package func policyDocument(
        of name: FunctionName, _ qualifier: Qualifier?, in account: AccountID
    ) async throws(FunctionError) -> String? {
        do { return try await load(name, in: account).value.policyDocument(for: qualifier) } catch .functionMissing {
            return nil
        }
    }

    /// Who may call.
    package func policy(
        of name: FunctionName, _ qualifier: Qualifier?, in account: AccountID
    ) async throws(FunctionError) -> ResourcePolicy {
        try await load(name, in: account).value.policy(for: qualifier)
    }

    func require(_ qualifier: Qualifier?, of name: FunctionName, in draft: FunctionDraft) throws(FunctionError) {
        guard draft.state.routing(for: qualifier) != nil else {
            throw .functionMissing(arn: arn(name, qualifier, in: draft.account))
        }
    }
}
