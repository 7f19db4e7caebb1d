import AccessPolicy
import Core
import Platform

/// Roles.
extension IAM {
    var roleOperations: [String: OperationHandler] {
        [
            "CreateRole": createRole, "GetRole": getRole, "UpdateRole": updateRole, "DeleteRole": deleteRole,
            "ListRoles": listRoles, "UpdateAssumeRolePolicy": updateTrust, "UpdateRoleDescription": updateDescription,
            "ListInstanceProfilesForRole": listInstanceProfiles,
        ]
    }

    private func createRole(_ call: Call, _ input: WireValue) async throws -> WireValue {
        var role = try RoleRecord(
            name: input.name("RoleName"), path: input.path,
            trust: input.document(.trust, of: "AssumeRolePolicyDocument", in: call),
            description: input["Description"]?.string, created: .now)
        if let seconds = input["MaxSessionDuration"]?.int { role.longestSession = seconds }
        if input["PermissionsBoundary"] != nil {
            role.boundary = try input.policyARN("PermissionsBoundary").description
        }
        role.tags = try TagSet(input.tags())
        try await identity.create(role)
        return ["Role": shape(role)]
    }

    private func getRole(_ call: Call, _ input: WireValue) async throws -> WireValue {
        ["Role": shape(try await identity.get(RoleRecord.self, input.name("RoleName")))]
    }

    private func updateRole(_ call: Call, _ input: WireValue) async throws -> WireValue {
        try await identity.update(RoleRecord.self, input.name("RoleName")) { role throws(IdentityError) in
            if let text = input["Description"]?.string { role.description = text }
            if let seconds = input["MaxSessionDuration"]?.int { role.longestSession = seconds }
        }
        return Self.nothing
    }

    /// The older form of `UpdateRole`, which Terraform still calls.
    private func updateDescription(_ call: Call, _ input: WireValue) async throws -> WireValue {
        let text = input["Description"]?.string
        let role = try await identity.update(RoleRecord.self, input.name("RoleName")) { role throws(IdentityError) in
            role.description = text
        }
        return ["Role": shape(role)]
    }

    private func updateTrust(_ call: Call, _ input: WireValue) async throws -> WireValue {
        let document = try input.document(.trust, in: call)
        try await identity.update(RoleRecord.self, input.name("RoleName")) { role throws(IdentityError) in
            try role.setTrust(document)
        }
        return Self.nothing
    }

    private func deleteRole(_ call: Call, _ input: WireValue) async throws -> WireValue {
        try await identity.delete(RoleRecord.self, input.name("RoleName")) { role throws(IdentityError) in
            try role.policies.requireEmpty()
        }
        return Self.nothing
    }

    private func listRoles(_ call: Call, _ input: WireValue) async throws -> WireValue {
        let page = try await identity.list(
            RoleRecord.self, prefix: input.pathPrefix, after: input["Marker"]?.string, limit: input.maxItems)
        return Self.page(page.records.map { shape($0, inList: true) }, as: "Roles", marker: page.marker)
    }

    /// There are no instance profiles; clients ask before they delete a role.
    private func listInstanceProfiles(_ call: Call, _ input: WireValue) async throws -> WireValue {
        _ = try await identity.get(RoleRecord.self, input.name("RoleName"))
        return Self.page([], as: "InstanceProfiles", marker: nil)
    }
}
