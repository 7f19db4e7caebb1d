import AccessPolicy
import Core
import Testing

/// Who and what the cases are about: an account with a user and a role, and another account.
enum World {
    static let own = account("111122223333")
    static let other = account("444455556666")
    static let ada = Requester.user(own, arn: "arn:aws:iam::111122223333:user/team/ada", id: "AIDAADA0000000000000")
    static let job = Requester.roleSession(
        own, role: "arn:aws:iam::111122223333:role/worker", roleID: "AROAWORKER0000000000",
        session: "arn:aws:sts::111122223333:assumed-role/worker/job")
    static let guest = Requester.federatedUser(
        own, user: "arn:aws:iam::111122223333:user/team/ada",
        session: "arn:aws:sts::111122223333:federated-user/guest")
    static let events = Requester.service("events.amazonaws.com")
    static let function = "arn:aws:lambda:us-east-1:111122223333:function:orders"

    /// An account that is one.
    static func account(_ text: String) -> AccountID {
        guard let account = try? AccountID(text) else { fatalError("\(text) is no account") }
        return account
    }

    /// Asks for something in the own account.
    static func request(
        _ requester: Requester = ada, _ action: String = "lambda:InvokeFunction", on resource: String = function,
        of owner: AccountID = own
    ) -> AccessRequest {
        AccessRequest(requester, ActionName(action), on: resource, of: owner)
    }
}

/// The text of a statement.
func statement(
    _ effect: String = "Allow", _ action: String = #""Action":"*""#, on resource: String? = #""Resource":"*""#,
    to principal: String? = nil, if condition: String? = nil, sid: String? = nil
) -> String {
    var members = [#""Effect":"\#(effect)""#, action]
    if let resource { members.append(resource) }
    if let principal { members.append(#""Principal":\#(principal)"#) }
    if let condition { members.append(#""Condition":\#(condition)"#) }
    if let sid { members.append(#""Sid":"\#(sid)""#) }
    return "{" + members.joined(separator: ",") + "}"
}

/// The text of a policy.
func document(_ statements: [String], version: String = "2012-10-17") -> String {
    #"{"Version":"\#(version)","Statement":["# + statements.joined(separator: ",") + "]}"
}

/// A compiled policy with a name.
func policy(
    _ statements: [String], name: String = "p", use: Policy.Use = .identity, version: String = "2012-10-17"
) throws -> NamedPolicy {
    try NamedPolicy(name, Policy(parsing: document(statements, version: version), use: use))
}

/// Whether one statement of an identity's policy allows the request.
func allows(
    _ statements: [String], _ request: AccessRequest, version: String = "2012-10-17",
    _ context: [String: ContextValue] = [:]
) throws -> Bool {
    let authorization = try Authorization(identity: [policy(statements, version: version)])
    return authorization.decide(request) { context[$0.text] }.isAllowed
}

/// A JSON string.
func quoted(_ text: String) -> String { JSON.string(text).text }
