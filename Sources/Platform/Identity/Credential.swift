import Core

/// A pair of keys that proves who somebody is, as the data plane needs it.
package struct Credential: Sendable {
    package let accessKey: AccessKeyID
    package let secret: SecretKey
    /// What must come with every request of temporary credentials; `nil` for lasting ones.
    package let token: String?
    package let expires: Instant?
    package let principal: Principal

    /// Puts the facts together; a token and an end belong to temporary credentials only.
    package init(
        accessKey: AccessKeyID, secret: SecretKey, token: String? = nil, expires: Instant? = nil, principal: Principal
    ) {
        self.accessKey = accessKey
        self.secret = secret
        self.token = token
        self.expires = expires
        self.principal = principal
    }
}
