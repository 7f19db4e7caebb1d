import Core

/// A policy of the IAM policy language, compiled: parsed once, asked for every request.
///
/// A value in all but name: nothing in it changes, and many authorizations share it.
/// Source: IAM user guide, "Grammar of the IAM JSON policy language".
package final class Policy: Sendable {
    /// Which language the text is in: what it says about variables.
    package enum Version: String, Sendable {
        case v2008 = "2008-10-17"
        case v2012 = "2012-10-17"
    }

    /// What a policy is attached to; what its statements must and must not have depends on it.
    package enum Use: Sendable {
        /// To a user, a role, a session, or as a boundary: statements name resources, and no principal.
        case identity
        /// To a resource: statements name principals and resources.
        case resource
        /// To a role, to say who may assume it: statements name principals, and no resource.
        case trust
    }

    /// How large a policy may be.
    package struct Limits: Sendable {
        package let bytes: Int
        package let statements: Int

        /// More than AWS takes of any policy; what a quota leaves of it is the caller's to say.
        package static let standard = Limits(bytes: 65_536, statements: 1000)

        /// Bounds a policy's text and the number of its statements.
        package init(bytes: Int, statements: Int) {
            self.bytes = bytes
            self.statements = statements
        }

        /// Deeper than a policy can be: document, statements, statement, condition, operator, values.
        static let depth = 8
    }

    package let version: Version
    package var statements: [Statement] { table.statements }
    let table: StatementTable

    /// Takes statements that were checked.
    init(version: Version, statements: [Statement]) {
        self.version = version
        table = StatementTable(statements)
    }
}

/// What a statement does to the requests it applies to.
package enum Effect: String, Hashable, Sendable {
    case allow = "Allow"
    case deny = "Deny"
}
