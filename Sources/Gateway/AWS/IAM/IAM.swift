import Core
import Platform

/// IAM on the wire: roles, users, policies and access keys.
///
/// What is set is stored and given back as AWS does; who may set it, `Guard` asks before each operation.
package struct IAM: Sendable {
    let identity: Identity

    /// The operations, by name, over the account's identities.
    package static func operations(_ identity: Identity) -> [String: OperationHandler] {
        let iam = IAM(identity: identity)
        let all = [
            iam.roleOperations, iam.userOperations, iam.accessKeyOperations, iam.policyOperations,
            iam.policyVersionOperations, iam.policyTagOperations, iam.absentOperations, iam.providerOperations,
            iam.simulationOperations,
            iam.holderOperations(HolderNames<RoleRecord>.roles), iam.holderOperations(HolderNames<UserRecord>.users),
        ]
        let operations = all.reduce(into: [:]) { $0.merge($1) { first, _ in first } }
        return Guard.authorized(operations.mapValues(reporting), service: "iam", on: resource)
    }

    /// Turns the platform's errors into the wire's.
    private static func reporting(_ handler: @escaping OperationHandler) -> OperationHandler {
        { call, input in
            do { return try await handler(call, input) } catch let error as IdentityError { throw error.wire }
        }
    }

    /// What an operation acts on: the policy, role or user that it names, else the account.
    private static func resource(_ call: Call, _ operation: String, _ input: WireValue) -> Resource {
        let kinds = [("RoleName", "role/"), ("UserName", "user/"), ("PolicyName", "policy/")]
        if !operation.hasSuffix("RolePolicy"), !operation.hasSuffix("UserPolicy"),
            // An ARN that does not parse is refused by the operation itself.
            let text = input["PolicyArn"]?.string, let arn = try? ARN(text)
        {
            let owner = arn.account == ManagedPolicy.platformAccount ? call.account : try? AccountID(arn.account)
            return .named(arn, owner: owner ?? call.account)
        }
        for member in ["PolicySourceArn", "OpenIDConnectProviderArn"] {
            if let text = input[member]?.string, let arn = try? ARN(text) {
                return .named(arn, owner: (try? AccountID(arn.account)) ?? call.account)
            }
        }
        if operation == "CreateOpenIDConnectProvider", let url = ProviderURL(input["Url"]?.string ?? "") {
            let arn = ARN(service: "iam", region: nil, account: call.account, resource: "oidc-provider/\(url.text)")
            return .named(arn, owner: call.account)
        }
        for (member, prefix) in kinds {
            guard let name = input[member]?.string else { continue }
            let arn = ARN(service: "iam", region: nil, account: call.account, resource: prefix + name)
            return .named(arn, owner: call.account)
        }
        return .account(call.account)
    }
}
