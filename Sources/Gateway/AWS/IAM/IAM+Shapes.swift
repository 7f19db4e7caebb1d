import Core
import Platform

/// Records as the wire shows them.
extension IAM {
    /// A role; lists show less of it.
    func shape(_ role: RoleRecord, inList: Bool = false) -> WireValue {
        [
            "Path": .string(role.path), "RoleName": .string(role.name.text), "RoleId": .string(role.id),
            "Arn": "\(role.arn(in: identity.account))", "CreateDate": Self.date(role.created),
            "AssumeRolePolicyDocument": Self.encoded(role.trust), "Description": WireValue(role.description),
            "MaxSessionDuration": WireValue(role.longestSession),
            "PermissionsBoundary": inList ? .null : Self.boundary(role.boundary),
            "Tags": inList ? .null : Self.tagsIfAny(role.tags), "RoleLastUsed": inList ? .null : Self.nothing,
        ]
    }

    /// A user; lists show less of it.
    func shape(_ user: UserRecord, inList: Bool = false) -> WireValue {
        [
            "Path": .string(user.path), "UserName": .string(user.name.text), "UserId": .string(user.id),
            "Arn": "\(user.identity(in: identity.account).arn)", "CreateDate": Self.date(user.created),
            "PermissionsBoundary": inList ? .null : Self.boundary(user.boundary),
            "Tags": inList ? .null : Self.tagsIfAny(user.tags),
        ]
    }

    /// A managed policy of either kind, attached so many times.
    func shape(_ policy: ManagedPolicy, attachments: Int, inList: Bool = false) -> WireValue {
        switch policy {
        case .own(let record):
            [
                "PolicyName": .string(record.name.text), "PolicyId": .string(record.id),
                "Arn": "\(record.arn(in: identity.account))", "Path": .string(record.path),
                "DefaultVersionId": "v\(record.defaultVersion)", "AttachmentCount": WireValue(attachments),
                "PermissionsBoundaryUsageCount": 0, "IsAttachable": true,
                "Description": inList ? .null : WireValue(record.description),
                "CreateDate": Self.date(record.created), "UpdateDate": Self.date(record.updated),
                "Tags": inList ? .null : Self.tags(record.tags),
            ]
        case .platform(let policy):
            [
                "PolicyName": .string(policy.name), "PolicyId": .string(policy.id), "Arn": .string(policy.arn),
                "Path": .string(policy.path), "DefaultVersionId": "v1", "AttachmentCount": WireValue(attachments),
                "PermissionsBoundaryUsageCount": 0, "IsAttachable": true,
                "CreateDate": Self.date(PlatformPolicy.created.milliseconds),
                "UpdateDate": Self.date(PlatformPolicy.created.milliseconds),
                "Tags": inList ? .null : .list([]),
            ]
        }
    }

    /// A version of a policy; only one that is asked for shows its text.
    func shape(_ version: PolicyRecord.Version, of policy: PolicyRecord, withText: Bool = false) -> WireValue {
        [
            "Document": withText ? Self.encoded(version.document) : .null, "VersionId": "v\(version.number)",
            "IsDefaultVersion": .bool(version.number == policy.defaultVersion),
            "CreateDate": Self.date(version.created),
        ]
    }

    /// The text of a policy, percent-encoded as IAM does.
    static func encoded(_ document: PolicyDocument) -> WireValue { .string(RequestSigner.escaped(document.text)) }

    /// A time in whole seconds: IAM shows no more.
    static func date(_ milliseconds: Int64) -> WireValue { .timestamp(Double(milliseconds / 1000)) }

    static func tags(_ tags: TagSet) -> WireValue { .list(tags.tags.map(tag)) }

    static func tag(_ tag: TagSet.Tag) -> WireValue { ["Key": .string(tag.key), "Value": .string(tag.value)] }

    private static func tagsIfAny(_ tags: TagSet) -> WireValue { tags.tags.isEmpty ? .null : Self.tags(tags) }

    private static func boundary(_ arn: String?) -> WireValue {
        guard let arn else { return .null }
        return ["PermissionsBoundaryType": "Policy", "PermissionsBoundaryArn": .string(arn)]
    }
}
