import Core
import Platform

/// Access keys of users.
extension IAM {
    var accessKeyOperations: [String: OperationHandler] {
        [
            "CreateAccessKey": createAccessKey, "DeleteAccessKey": deleteAccessKey, "ListAccessKeys": listAccessKeys,
            "UpdateAccessKey": updateAccessKey,
        ]
    }

    private func createAccessKey(_ call: Call, _ input: WireValue) async throws -> WireValue {
        let user = try Self.userName(call, input)
        let made = try await identity.makeAccessKey(for: user)
        var key = Self.shape(made.key, of: user)
        key["SecretAccessKey"] = .string(made.secret.revealed)
        return ["AccessKey": key]
    }

    private func updateAccessKey(_ call: Call, _ input: WireValue) async throws -> WireValue {
        try await identity.setActive(
            input["Status"]?.string == "Active", Self.keyID(input), of: Self.userName(call, input))
        return Self.nothing
    }

    private func deleteAccessKey(_ call: Call, _ input: WireValue) async throws -> WireValue {
        try await identity.deleteAccessKey(Self.keyID(input), of: Self.userName(call, input))
        return Self.nothing
    }

    private func listAccessKeys(_ call: Call, _ input: WireValue) async throws -> WireValue {
        let user = try await identity.get(UserRecord.self, Self.userName(call, input))
        return try ListPage(of: user.accessKeys.map { Self.shape($0, of: user.name) }, input)
            .output("AccessKeyMetadata")
    }

    private static func shape(_ key: UserRecord.AccessKeySummary, of user: EntityName) -> WireValue {
        [
            "UserName": .string(user.text), "AccessKeyId": .string(key.id),
            "Status": key.isActive ? "Active" : "Inactive", "CreateDate": date(key.created),
        ]
    }

    private static func keyID(_ input: WireValue) throws -> AccessKeyID {
        let text = input["AccessKeyId"]?.string ?? ""
        do { return try AccessKeyID(text) } catch { throw IdentityError.notFound(.accessKey, name: text) }
    }
}
