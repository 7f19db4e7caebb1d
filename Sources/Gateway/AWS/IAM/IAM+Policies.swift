import AccessPolicy
import Core
import Platform

/// Managed policies.
extension IAM {
    var policyOperations: [String: OperationHandler] {
        [
            "CreatePolicy": createPolicy, "GetPolicy": getPolicy, "DeletePolicy": deletePolicy,
            "ListPolicies": listPolicies, "ListEntitiesForPolicy": listEntities,
        ]
    }

    private func createPolicy(_ call: Call, _ input: WireValue) async throws -> WireValue {
        var policy = try PolicyRecord(
            name: input.name("PolicyName"), path: input.path, description: input["Description"]?.string,
            document: input.document(.identity, in: call), created: .now)
        policy.tags = try TagSet(input.tags())
        try await identity.create(policy)
        return ["Policy": shape(.own(policy), attachments: 0)]
    }

    private func getPolicy(_ call: Call, _ input: WireValue) async throws -> WireValue {
        let arn = try input.policyARN()
        let policy = try await identity.policy(arn)
        return ["Policy": shape(policy, attachments: try await identity.attachmentCount(of: arn))]
    }

    private func deletePolicy(_ call: Call, _ input: WireValue) async throws -> WireValue {
        try await identity.deletePolicy(input.policyARN())
        return Self.nothing
    }

    /// The account's own policies first, then those of the platform; the marker says where a list stands in which.
    private func listPolicies(_ call: Call, _ input: WireValue) async throws -> WireValue {
        let scope = input["Scope"]?.string ?? "All"
        let counts = try await identity.attachmentCounts()
        let onlyAttached = input["OnlyAttached"]?.bool == true
        var entries: [WireValue] = []
        var marker: String?
        let start = input["Marker"]?.string
        if scope != "AWS", start?.hasPrefix("platform:") != true {
            let page = try await identity.list(
                PolicyRecord.self, prefix: input.pathPrefix, after: start, limit: input.maxItems)
            entries = page.records.compactMap { record in
                let count = counts[record.arn(in: identity.account).description] ?? 0
                return onlyAttached && count == 0 ? nil : shape(.own(record), attachments: count, inList: true)
            }
            marker = page.marker ?? (scope == "Local" ? nil : "platform:0")
        } else if scope != "Local" {
            guard let position = Int(start?.dropFirst(9) ?? "0") else { throw IdentityError.badMarker }
            let all = PlatformPolicy.all.filter {
                $0.path.hasPrefix(input.pathPrefix) && (!onlyAttached || (counts[$0.arn] ?? 0) > 0)
            }
            entries = all.dropFirst(position).prefix(input.maxItems)
                .map { shape(.platform($0), attachments: counts[$0.arn] ?? 0, inList: true) }
            marker = position + entries.count < all.count ? "platform:\(position + entries.count)" : nil
        }
        return Self.page(entries, as: "Policies", marker: marker)
    }

    private func listEntities(_ call: Call, _ input: WireValue) async throws -> WireValue {
        let arn = try input.policyARN()
        _ = try await identity.policy(arn)
        let filter = input["EntityFilter"]?.string
        var roles: [WireValue] = []
        var users: [WireValue] = []
        if filter == nil || filter == "Role" || filter == "LocalManagedPolicy" || filter == "AWSManagedPolicy" {
            roles = try await identity.allHolders(RoleRecord.self, of: arn)
                .map { ["RoleName": .string($0.name.text), "RoleId": .string($0.id)] }
        }
        if filter == nil || filter == "User" || filter == "LocalManagedPolicy" || filter == "AWSManagedPolicy" {
            users = try await identity.allHolders(UserRecord.self, of: arn)
                .map { ["UserName": .string($0.name.text), "UserId": .string($0.id)] }
        }
        return [
            "PolicyGroups": .list([]), "PolicyUsers": .list(users), "PolicyRoles": .list(roles), "IsTruncated": false,
        ]
    }
}
