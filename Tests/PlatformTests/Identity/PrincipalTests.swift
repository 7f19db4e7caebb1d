import AccessPolicy
import Core
import Testing

@testable import Platform

@Suite struct PrincipalTests {
    private let account = AccountID.standard

    @Test func `each principal has the ARN that AWS shows for it`() throws {
        let user = UserIdentity(account: account, id: "AIDAX", path: "/team/", name: try EntityName("ann"))
        let session = SessionIdentity(
            account: account, roleID: "AROAX", role: try EntityName("deploy"), session: try EntityName("ci"))
        let function = FunctionIdentity(
            account: account, name: try FunctionName("resize"), qualifier: .latest,
            role: try ARN("arn:aws:iam::000000000000:role/service-role/resizer"), roleID: "AROAY")
        #expect(Principal.administrator(account).arn.description == "arn:aws:iam::000000000000:root")
        #expect(Principal.user(user).arn.description == "arn:aws:iam::000000000000:user/team/ann")
        #expect(Principal.session(session).arn.description == "arn:aws:sts::000000000000:assumed-role/deploy/ci")
        #expect(Principal.session(session).uniqueID == "AROAX:ci")
        #expect(Principal.function(function).arn.description == "arn:aws:sts::000000000000:assumed-role/resizer/resize")
    }

    private func verdict(_ principal: Principal) -> AccessControl.Verdict {
        AccessControl(trust: .seconds(3600)).decide(
            principal, Action(service: "lambda", name: "InvokeFunction"), on: .account(account),
            in: AccessContext(time: .now))
    }

    @Test func `the account itself may do everything in it, and another account nothing`() throws {
        guard case .allowed = verdict(.administrator(account)) else { throw Unexpected() }
        guard case .denied = verdict(.administrator(try AccountID("111111111111"))) else { throw Unexpected() }
    }

    @Test func `whose policies are not known yet is neither allowed nor denied, and a service needs a policy`() throws {
        let user = UserIdentity(account: account, id: "AIDAX", name: try EntityName("ann"))
        guard case .unloaded(.user(user.name)) = verdict(.user(user)) else { throw Unexpected() }
        guard case .denied = verdict(.service("events.amazonaws.com", account: account)) else { throw Unexpected() }
    }

    @Test func `a function whose role is not one of the account's has no permissions`() throws {
        for role in ["arn:aws:iam::111111111111:role/r", "arn:aws:iam::000000000000:user/r"] {
            let function = FunctionIdentity(
                account: account, name: try FunctionName("f"), qualifier: .latest, role: try ARN(role))
            guard case .denied = verdict(.function(function)) else { throw Unexpected() }
        }
    }

    @Test func `a session's tag counts in place of its role's, in whatever case either is written`() throws {
        let text = #"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*","Condition":"#
        let policy = try Policy(
            parsing: text + #"{"StringEquals":{"aws:PrincipalTag/Team":"red"}}}}"#, use: .identity)
        let role = try EntityName("deploy")
        for (own, session, isAllowed) in [("red", "blue", false), ("blue", "red", true)] {
            let access = AccessControl(trust: .seconds(3600))
            let holder = HolderPolicies(
                arn: "arn:aws:iam::000000000000:role/deploy", id: "AROAX", policies: [NamedPolicy("p", policy)],
                tags: ["Team": own, "Other": "red"])
            access.keep(holder, of: .role(role), ifUnchangedSince: access.generation)
            let identity = SessionIdentity(
                account: account, roleID: "AROAX", role: role, session: try EntityName("ci"),
                limits: try SessionLimits(documents: [], tags: ["tEAM": session]))
            let verdict = access.decide(
                .session(identity), Action(service: "lambda", name: "InvokeFunction"), on: .account(account),
                in: AccessContext(time: .now))
            let found = if case .allowed = verdict { true } else { false }
            #expect(found == isAllowed)
        }
    }

    private struct Unexpected: Error {}

    @Test func `a secret key shows itself to nobody who does not ask`() {
        let secret = SecretKey(revealed: "hunter2hunter2")
        var dumped = ""
        dump(secret, to: &dumped)
        for text in ["\(secret)", String(reflecting: secret), "\(Optional(secret) as Any)", dumped, "\([secret])"] {
            #expect(!text.contains("hunter2"))
        }
    }

    @Test func `new keys have the lengths and prefixes clients expect`() throws {
        let id = AccessKeyID(prefix: .lasting)
        #expect(id.text.count == 20 && id.text.hasPrefix("AKIA"))
        #expect(try AccessKeyID(id.text) == id)
        #expect(SecretKey().revealed.count == 40)
        #expect(AccessKeyID(prefix: .temporary).isTemporary)
    }
}
