import Core

/// What `Principal` or `NotPrincipal` of a statement lists.
struct PrincipalList: Hashable, Sendable {
    let patterns: [PrincipalPattern]
    /// Whether those listed are those that are not meant: `NotPrincipal`.
    let excepts: Bool
}

/// One entry of a list of principals; nothing but `*` is a wildcard.
enum PrincipalPattern: Hashable, Sendable {
    case everyone
    /// An account: its root user, and whomever of it its own policies allow.
    case account(AccountID)
    /// A user, a role, or a session of either.
    case arn(String)
    /// The id that a user or role keeps in its life, which IAM writes in place of the ARN of one that was deleted.
    case uniqueID(String)
    case service(String)
    case federated(String)
    /// How S3 names accounts; no request is made by one.
    case canonicalUser(String)

    /// Reads an entry of `AWS`.
    init?(aws text: String) {
        if text.utf8.elementsEqual("*".utf8) {
            self = .everyone
            return
        }
        guard !text.utf8.contains(where: { $0 == UInt8(ascii: "*") || $0 == UInt8(ascii: "?") || $0 <= 0x20 }) else {
            return nil
        }
        // A name that is no account may still be an ARN or an id.
        if let account = try? AccountID(text) {
            self = .account(account)
        } else if let arn = try? ARN(text) {
            guard let pattern = Self.entity(arn, text) else { return nil }
            self = pattern
        } else {
            guard (16...128).contains(text.utf8.count), text.utf8.starts(with: "A".utf8),
                text.utf8.allSatisfy({ $0 &- 0x41 < 26 || $0 &- 0x30 < 10 })
            else { return nil }
            self = .uniqueID(text)
        }
    }

    private static func entity(_ arn: ARN, _ text: String) -> PrincipalPattern? {
        // An ARN without an account names no principal.
        guard let account = try? AccountID(arn.account), arn.region.isEmpty else { return nil }
        let kinds: [String]
        switch arn.service {
        case "iam":
            if arn.resource == "root" { return .account(account) }
            kinds = ["user/", "role/"]
        case "sts": kinds = ["assumed-role/", "federated-user/"]
        default: return nil
        }
        let isNamed = kinds.contains { arn.resource.hasPrefix($0) && arn.resource.utf8.count > $0.utf8.count }
        return isNamed && !arn.resource.hasSuffix("/") ? .arn(text) : nil
    }
}
