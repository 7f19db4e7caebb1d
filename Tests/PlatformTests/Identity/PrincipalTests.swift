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

    @Test func `a principal may act in its own account and in no other`() throws {
        let other = try AccountID("111111111111")
        let action = Action(service: "lambda", name: "InvokeFunction")
        let context = AuthorizationContext(time: .now)
        try authorize(.administrator(account), action, on: .account(account), in: context)
        #expect(throws: AccessDenied.self) {
            try authorize(.administrator(other), action, on: .account(account), in: context)
        }
    }

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
