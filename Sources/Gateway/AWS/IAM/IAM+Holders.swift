import AccessPolicy
import Core
import Platform

/// What the operations on the policies and tags of a role, and of a user, differ in.
struct HolderNames<Holder: PolicyHolder>: Sendable {
    /// How operations call it: `Role` in `PutRolePolicy`.
    let noun: String
    /// The member that names it.
    var member: String { noun + "Name" }
}

extension HolderNames<RoleRecord> {
    static let roles = HolderNames(noun: "Role")
}

extension HolderNames<UserRecord> {
    static let users = HolderNames(noun: "User")
}

/// Policies, tags and boundaries of roles and users: the same operations twice.
extension IAM {
    func holderOperations<H>(_ names: HolderNames<H>) -> [String: OperationHandler] {
        let noun = names.noun
        return inlineOperations(names).merging([
            "Attach\(noun)Policy": { call, input in
                try await identity.attach(input.policyARN(), to: H.self, input.name(names.member))
                return Self.nothing
            },
            "Detach\(noun)Policy": { call, input in
                try await identity.detach(input.policyARN(), from: H.self, input.name(names.member))
                return Self.nothing
            },
            "ListAttached\(noun)Policies": { call, input in
                let holder = try await identity.get(H.self, input.name(names.member))
                return try ListPage(of: Self.attachments(holder.policies, input.pathPrefix), input)
                    .output("AttachedPolicies")
            },
            "Tag\(noun)": { call, input in
                let tags = input.tags()
                return try await change(names, input) { holder throws(IdentityError) in try holder.tags.set(tags) }
            },
            "Untag\(noun)": { call, input in
                let keys = input["TagKeys"]?.strings ?? []
                return try await change(names, input) { holder throws(IdentityError) in holder.tags.remove(keys) }
            },
            "List\(noun)Tags": { call, input in
                let holder = try await identity.get(H.self, input.name(names.member))
                return try ListPage(of: holder.tags.tags.map(Self.tag), input).output("Tags")
            },
            "Put\(noun)PermissionsBoundary": { call, input in
                let boundary = try input.policyARN("PermissionsBoundary").description
                return try await change(names, input) { holder throws(IdentityError) in holder.boundary = boundary }
            },
            "Delete\(noun)PermissionsBoundary": { call, input in
                try await change(names, input) { holder throws(IdentityError) in holder.boundary = nil }
            },
        ]) { first, _ in first }
    }

    private func inlineOperations<H>(_ names: HolderNames<H>) -> [String: OperationHandler] {
        let noun = names.noun
        return [
            "Put\(noun)Policy": { call, input in
                let (name, document) = (try input.name("PolicyName"), try input.document(.identity, in: call))
                return try await change(names, input) { holder throws(IdentityError) in
                    try holder.policies.put(document, named: name, limit: H.inlineLimit)
                }
            },
            "Get\(noun)Policy": { call, input in
                let holder = try await identity.get(H.self, input.name(names.member))
                let name = try input.name("PolicyName")
                guard let document = holder.policies.inline[name.text] else {
                    throw IdentityError.notFound(.inlinePolicy, name: name.text)
                }
                return [
                    (names.member): .string(holder.name.text), "PolicyName": .string(name.text),
                    "PolicyDocument": Self.encoded(document),
                ]
            },
            "Delete\(noun)Policy": { call, input in
                let name = try input.name("PolicyName")
                return try await change(names, input) { holder throws(IdentityError) in
                    try holder.policies.removeInline(name)
                }
            },
            "List\(noun)Policies": { call, input in
                let holder = try await identity.get(H.self, input.name(names.member))
                return try ListPage(of: holder.policies.inline.keys.sorted().map(WireValue.string), input)
                    .output("PolicyNames")
            },
        ]
    }

    private func change<H>(
        _ names: HolderNames<H>, _ input: WireValue, _ body: @Sendable (inout H) throws(IdentityError) -> Void
    ) async throws -> WireValue {
        try await identity.update(H.self, input.name(names.member), body)
        return Self.nothing
    }

    private static func attachments(_ policies: PolicySet, _ prefix: String) -> [WireValue] {
        policies.attached.compactMap { arn in
            guard let slash = arn.firstIndex(of: "/"), arn[slash...].hasPrefix(prefix),
                let name = arn.split(separator: "/").last
            else { return nil }
            return ["PolicyName": .string(String(name)), "PolicyArn": .string(arn)]
        }
    }
}
