import Core

/// An access key as it lies in the store; its secret is sealed.
struct AccessKeyRecord: Codable, Sendable {
    static let recordKind = "iam-access-key"

    let id: String
    /// Whose it is; `nil` for the account's administrator.
    let user: EntityName?
    var isActive = true
    /// Milliseconds since 1970.
    let created: Int64
    let sealedSecret: [UInt8]
}
