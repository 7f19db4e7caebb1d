import Core
import Platform

/// Users.
extension IAM {
    var userOperations: [String: OperationHandler] {
        ["CreateUser": createUser, "GetUser": getUser, "DeleteUser": deleteUser, "ListUsers": listUsers]
    }

    private func createUser(_ call: Call, _ input: WireValue) async throws -> WireValue {
        var user = UserRecord(name: try input.name("UserName"), path: input.path, created: .now)
        if input["PermissionsBoundary"] != nil {
            user.boundary = try input.policyARN("PermissionsBoundary").description
        }
        user.tags = try TagSet(input.tags())
        try await identity.create(user)
        return ["User": shape(user)]
    }

    private func getUser(_ call: Call, _ input: WireValue) async throws -> WireValue {
        if input["UserName"] == nil, case .administrator = call.principal {
            return [
                "User": [
                    "UserId": .string(call.account.text), "Arn": "\(call.principal.arn)", "CreateDate": .timestamp(0),
                ]
            ]
        }
        return ["User": shape(try await identity.get(UserRecord.self, Self.userName(call, input)))]
    }

    private func deleteUser(_ call: Call, _ input: WireValue) async throws -> WireValue {
        try await identity.delete(UserRecord.self, input.name("UserName")) { user throws(IdentityError) in
            try user.requireDeletable()
        }
        return Self.nothing
    }

    private func listUsers(_ call: Call, _ input: WireValue) async throws -> WireValue {
        let page = try await identity.list(
            UserRecord.self, prefix: input.pathPrefix, after: input["Marker"]?.string, limit: input.maxItems)
        return Self.page(page.records.map { shape($0, inList: true) }, as: "Users", marker: page.marker)
    }

    /// The user that an operation names, or else the one who calls.
    static func userName(_ call: Call, _ input: WireValue) throws -> EntityName {
        guard input["UserName"] == nil, case .user(let user) = call.principal else {
            guard input["UserName"] != nil else {
                throw WireError("ValidationError", "Must specify userName when calling with non-User credentials")
            }
            return try input.name("UserName")
        }
        return user.name
    }
}
