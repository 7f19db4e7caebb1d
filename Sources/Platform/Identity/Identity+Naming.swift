import Core

extension Identity {
    /// Who an ARN names, as somebody who could ask: the account itself, a user, a role, or a session of one.
    ///
    /// A role that is named by itself stands for a session of it. Functions are known elsewhere.
    package func principal(named arn: ARN) async throws(IdentityError) -> Principal {
        guard arn.account == account.text else { throw .notFound(.principal, name: "\(arn)") }
        let parts = arn.resource.split(separator: "/").map(String.init)
        switch (arn.service, parts.first, parts.count) {
        case ("iam", "root", 1): return .administrator(account)
        case ("iam", "user", 2...):
            let user = try await get(UserRecord.self, try Self.name(parts.last, arn)).identity(in: account)
            guard user.arn == arn else { throw .notFound(.principal, name: "\(arn)") }
            return .user(user)
        case ("iam", "role", 2...):
            let role = try await get(RoleRecord.self, try Self.name(parts.last, arn))
            guard role.arn(in: account) == arn else { throw .notFound(.principal, name: "\(arn)") }
            return .session(
                SessionIdentity(
                    account: account, roleID: role.id, role: role.name, session: try Self.name("session", arn)))
        case ("sts", "assumed-role", 3):
            let role = try await get(RoleRecord.self, try Self.name(parts[1], arn))
            return .session(
                SessionIdentity(
                    account: account, roleID: role.id, role: role.name, session: try Self.name(parts[2], arn)))
        default: throw .notFound(.principal, name: "\(arn)")
        }
    }

    private static func name(_ text: String?, _ arn: ARN) throws(IdentityError) -> EntityName {
        do { return try EntityName(text ?? "") } catch { throw .notFound(.principal, name: "\(arn)") }
    }
}
