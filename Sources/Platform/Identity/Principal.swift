import Core

/// Who makes a request, once that is proven; every request carries exactly one.
package enum Principal: Hashable, Sendable {
    /// Who holds an access key of the account itself: may do everything in it.
    case administrator(AccountID)
    /// An IAM user, known by one of its access keys.
    case user(UserIdentity)
    /// Somebody who assumed a role, known by temporary credentials.
    case session(SessionIdentity)
    /// Somebody for whom a user, or the account, asked for credentials, known by those.
    case federatedUser(FederatedUserIdentity)
    /// A running function, known by the socket it speaks through.
    case function(FunctionIdentity)
    /// A part of the platform that acts for an account, such as the scheduler.
    case service(String, account: AccountID)
    /// Somebody whom an identity provider vouches for, and who asks for a role.
    case federated(FederatedIdentity)
    /// Somebody who has proven nothing, and may do nothing but ask for credentials with a token.
    case anonymous(AccountID)

    /// The account whose resources the principal belongs to.
    package var account: AccountID {
        switch self {
        case .administrator(let account), .service(_, let account), .anonymous(let account): account
        case .user(let user): user.account
        case .session(let session): session.account
        case .federatedUser(let federated): federated.account
        case .function(let function): function.account
        case .federated(let identity): identity.account
        }
    }

    /// The name that policies, logs and `GetCallerIdentity` show.
    package var arn: ARN {
        switch self {
        case .administrator(let account): ARN(service: "iam", region: nil, account: account, resource: "root")
        case .user(let user): user.arn
        case .session(let session): session.arn
        case .federatedUser(let federated): federated.arn
        case .function(let function): function.arn
        case .service(let name, let account):
            ARN(service: "iam", region: nil, account: account, resource: "service/\(name)")
        case .federated(let identity): identity.provider
        case .anonymous(let account): ARN(service: "iam", region: nil, account: account, resource: "anonymous")
        }
    }

    /// The unique id that outlives a rename: what AWS calls `UserId`.
    package var uniqueID: String {
        switch self {
        case .administrator(let account): account.text
        case .user(let user): user.id
        case .session(let session): "\(session.roleID):\(session.session)"
        case .federatedUser(let federated): "\(federated.account):\(federated.name)"
        case .function(let function): "\(function.roleID):\(function.name)"
        case .service(let name, _): name
        case .federated(let identity): "\(identity.provider):\(identity.audience):\(identity.subject)"
        case .anonymous: "ANONYMOUS"
        }
    }
}

/// Which IAM user makes a request.
package struct UserIdentity: Hashable, Sendable {
    package let account: AccountID
    package let id: String
    package let path: String
    package let name: EntityName

    /// Names a user; `path` begins and ends with a slash.
    package init(account: AccountID, id: String, path: String = "/", name: EntityName) {
        self.account = account
        self.id = id
        self.path = path
        self.name = name
    }

    /// The user's ARN.
    package var arn: ARN { ARN(service: "iam", region: nil, account: account, resource: "user\(path)\(name)") }
}

/// Which role was assumed, and the name the one who assumed it gave to the session.
package struct SessionIdentity: Hashable, Sendable {
    package let account: AccountID
    package let roleID: String
    package let role: EntityName
    package let session: EntityName
    /// What it was limited to beyond what the role is, and its tags; `nil` for neither.
    package let limits: SessionLimits?
    /// When its credentials were made; `nil` for who proves itself anew with each request.
    package let issued: Instant?

    /// Names a session of a role.
    package init(
        account: AccountID, roleID: String, role: EntityName, session: EntityName, limits: SessionLimits? = nil,
        issued: Instant? = nil
    ) {
        self.account = account
        self.roleID = roleID
        self.role = role
        self.session = session
        self.limits = limits
        self.issued = issued
    }

    /// The session's ARN; the role's path is no part of it.
    package var arn: ARN {
        ARN(service: "sts", region: nil, account: account, resource: "assumed-role/\(role)/\(session)")
    }
}

/// Which function speaks through a sandbox's socket.
package struct FunctionIdentity: Hashable, Sendable {
    package let account: AccountID
    package let name: FunctionName
    package let qualifier: Qualifier
    package let role: ARN
    package let roleID: String

    /// Names the version that runs in a sandbox; `roleID` is empty where the role is not one of ours.
    package init(account: AccountID, name: FunctionName, qualifier: Qualifier, role: ARN, roleID: String = "") {
        self.account = account
        self.name = name
        self.qualifier = qualifier
        self.role = role
        self.roleID = roleID
    }

    /// Names the version that a sandbox serves.
    package init(_ version: FunctionVersion) {
        let qualifier: Qualifier =
            switch version.number {
            case .latest: .latest
            case .published(let number): .version(number)
            }
        let role = ARN(
            service: "iam", region: nil, account: version.account,
            resource: "role/" + (version.configuration.role.text.split(separator: "/").last ?? "unknown"))
        self.init(account: version.account, name: version.name, qualifier: qualifier, role: role)
    }

    /// The ARN of the session of the function's role, as AWS shows a function that calls something.
    package var arn: ARN {
        let role = role.resource.split(separator: "/").last ?? "unknown"
        return ARN(service: "sts", region: nil, account: account, resource: "assumed-role/\(role)/\(name)")
    }
}
