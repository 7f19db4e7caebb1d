import AccessPolicy
import Core
import Platform

/// The versions and tags of managed policies.
extension IAM {
    var policyVersionOperations: [String: OperationHandler] {
        [
            "CreatePolicyVersion": createVersion, "GetPolicyVersion": getVersion, "ListPolicyVersions": listVersions,
            "DeletePolicyVersion": deleteVersion, "SetDefaultPolicyVersion": setDefaultVersion,
        ]
    }

    var policyTagOperations: [String: OperationHandler] {
        ["TagPolicy": tagPolicy, "UntagPolicy": untagPolicy, "ListPolicyTags": listPolicyTags]
    }

    private func createVersion(_ call: Call, _ input: WireValue) async throws -> WireValue {
        let document = try input.document(.identity, in: call)
        let isDefault = input["SetAsDefault"]?.bool == true
        let policy = try await identity.updatePolicy(input.policyARN()) { policy throws(IdentityError) in
            _ = try policy.add(document, isDefault: isDefault, at: .now)
        }
        return ["PolicyVersion": policy.versions.last.map { shape($0, of: policy) } ?? .null]
    }

    private func getVersion(_ call: Call, _ input: WireValue) async throws -> WireValue {
        let number = try Self.number(input)
        switch try await identity.policy(input.policyARN()) {
        case .own(let policy):
            return ["PolicyVersion": shape(try policy.version(number), of: policy, withText: true)]
        case .platform(let policy):
            guard number == 1 else { throw IdentityError.notFound(.policyVersion, name: "v\(number)") }
            var version = Self.onlyVersion
            version["Document"] = .string(RequestSigner.escaped(policy.document))
            return ["PolicyVersion": version]
        }
    }

    private func listVersions(_ call: Call, _ input: WireValue) async throws -> WireValue {
        switch try await identity.policy(input.policyARN()) {
        case .own(let policy):
            return try ListPage(of: policy.versions.reversed().map { shape($0, of: policy) }, input)
                .output("Versions")
        case .platform: return try ListPage(of: [Self.onlyVersion], input).output("Versions")
        }
    }

    private func deleteVersion(_ call: Call, _ input: WireValue) async throws -> WireValue {
        let number = try Self.number(input)
        try await identity.updatePolicy(input.policyARN()) { policy throws(IdentityError) in
            try policy.remove(number, at: .now)
        }
        return Self.nothing
    }

    private func setDefaultVersion(_ call: Call, _ input: WireValue) async throws -> WireValue {
        let number = try Self.number(input)
        try await identity.updatePolicy(input.policyARN()) { policy throws(IdentityError) in
            try policy.setDefault(number, at: .now)
        }
        return Self.nothing
    }

    private func tagPolicy(_ call: Call, _ input: WireValue) async throws -> WireValue {
        let tags = input.tags()
        try await identity.updatePolicy(input.policyARN()) { policy throws(IdentityError) in
            try policy.tags.set(tags)
        }
        return Self.nothing
    }

    private func untagPolicy(_ call: Call, _ input: WireValue) async throws -> WireValue {
        let keys = input["TagKeys"]?.strings ?? []
        try await identity.updatePolicy(input.policyARN()) { policy throws(IdentityError) in policy.tags.remove(keys) }
        return Self.nothing
    }

    private func listPolicyTags(_ call: Call, _ input: WireValue) async throws -> WireValue {
        guard case .own(let policy) = try await identity.policy(input.policyARN()) else {
            return Self.page([], as: "Tags", marker: nil)
        }
        return try ListPage(of: policy.tags.tags.map(Self.tag), input).output("Tags")
    }

    /// The one version that a policy of the platform has.
    private static let onlyVersion: WireValue = [
        "VersionId": "v1", "IsDefaultVersion": true, "CreateDate": date(PlatformPolicy.created.milliseconds),
    ]

    /// The number in `v3`.
    private static func number(_ input: WireValue) throws -> Int {
        let text = input["VersionId"]?.string ?? ""
        // The model allows `v3.something` too, which no version is called.
        guard text.hasPrefix("v"), let number = Int(text.dropFirst()) else {
            throw IdentityError.notFound(.policyVersion, name: text)
        }
        return number
    }
}
