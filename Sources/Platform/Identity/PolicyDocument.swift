import Core

/// The JSON text of a policy, known to have a policy's shape, kept exactly as it was given.
package struct PolicyDocument: Hashable, Sendable, Codable {
    /// Whose policy it is; what a statement must and must not have depends on it.
    package enum Use: Sendable {
        /// What an identity may do: statements name resources, and no principal.
        case identity
        /// Who may assume a role: statements name principals, and no resource.
        case trust
    }

    /// What is wrong with a text.
    package enum Flaw: Error, Equatable, Sendable {
        case invalidJSON
        case syntax
        case unknownVersion
        case missingField(String)
        case prohibitedField(String)
    }

    package let text: String

    /// Takes a text that is valid JSON of a policy's shape.
    package init(_ text: String, use: Use) throws(Flaw) {
        guard let policy = try? JSON(parsing: Array(text.utf8)) else { throw .invalidJSON }
        guard let members = policy.object else { throw .syntax }
        for member in members.members where !["Version", "Id", "Statement"].contains(member.key) { throw .syntax }
        if let version = members["Version"] {
            guard ["2012-10-17", "2008-10-17"].contains(version.string) else { throw .unknownVersion }
        }
        guard let statement = members["Statement"] else { throw .syntax }
        let statements = statement.array ?? [statement]
        guard !statements.isEmpty else { throw .syntax }
        for statement in statements { try Self.check(statement, use) }
        self.text = text
    }

    /// Source: IAM user guide, "Grammar of the IAM JSON policy language".
    private static func check(_ statement: JSON, _ use: Use) throws(Flaw) {
        guard let members = statement.object else { throw .syntax }
        for member in members.members where !elements.contains(member.key) { throw .syntax }
        guard let effect = members["Effect"] else { throw .missingField("Effect") }
        guard effect.string == "Allow" || effect.string == "Deny" else { throw .syntax }
        try requireOne(of: "Action", "NotAction", in: members)
        switch use {
        case .identity:
            try requireOne(of: "Resource", "NotResource", in: members)
            for field in ["Principal", "NotPrincipal"] where members[field] != nil { throw .prohibitedField(field) }
        case .trust:
            guard members["Principal"] != nil || members["NotPrincipal"] != nil else {
                throw .missingField("Principal")
            }
            for field in ["Resource", "NotResource"] where members[field] != nil { throw .prohibitedField(field) }
        }
        for field in ["Action", "NotAction", "Resource", "NotResource"] {
            if let value = members[field] { try requireTexts(value) }
        }
        if let condition = members["Condition"], condition.object == nil { throw .syntax }
    }

    private static let elements: Set<String> = [
        "Sid", "Effect", "Action", "NotAction", "Resource", "NotResource", "Principal", "NotPrincipal", "Condition",
    ]

    private static func requireOne(of field: String, _ other: String, in members: JSONObject) throws(Flaw) {
        guard members[field] != nil || members[other] != nil else { throw .missingField(field) }
        guard members[field] == nil || members[other] == nil else { throw .syntax }
    }

    private static func requireTexts(_ value: JSON) throws(Flaw) {
        if value.string != nil { return }
        guard let list = value.array, list.allSatisfy({ $0.string != nil }) else { throw .syntax }
    }

    /// How much of a quota the text uses: IAM does not count white space.
    package var size: Int { text.unicodeScalars.count { !$0.properties.isWhitespace } }

    /// Reads a text from a record; it was checked when it was written.
    package init(from decoder: any Decoder) throws { text = try decoder.singleValueContainer().decode(String.self) }

    /// Writes the text into a record.
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(text)
    }
}
