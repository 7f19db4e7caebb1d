import Core

/// Who may do what with a function or a layer: the policy that lies at the resource.
package struct ResourcePolicy: Hashable, Sendable, Codable {
    package private(set) var statements: [PolicyStatement] = []
    package private(set) var revision: String

    /// Most bytes of the document.
    package static let lengthLimit = 20_480

    /// Allows nothing yet.
    package init(revision: String) { self.revision = revision }

    /// Adds a statement with a new id.
    package mutating func add(
        _ statement: PolicyStatement, expecting expected: String?, stamp: ChangeStamp
    ) throws(FunctionError) {
        try require(expected)
        guard !statements.contains(where: { $0.sid == statement.sid }) else { throw .statementExists(statement.sid) }
        var changed = self
        changed.statements.append(statement)
        changed.revision = stamp.revision
        guard changed.document.utf8.count <= Self.lengthLimit else { throw .policyTooLong(limit: Self.lengthLimit) }
        self = changed
    }

    /// Removes the statement with an id.
    package mutating func remove(
        _ sid: String, expecting expected: String?, stamp: ChangeStamp
    ) throws(FunctionError) {
        guard statements.contains(where: { $0.sid == sid }) else { throw .statementMissing(sid) }
        try require(expected)
        statements.removeAll { $0.sid == sid }
        revision = stamp.revision
    }

    /// The JSON that `GetPolicy` returns.
    package var document: String {
        let document: JSON = [
            "Version": "2012-10-17", "Id": "default", "Statement": .array(statements.map(\.json)),
        ]
        return document.text
    }

    private func require(_ expected: String?) throws(FunctionError) {
        guard expected == nil || expected == revision else { throw .revisionMismatch(.policy) }
    }
}
