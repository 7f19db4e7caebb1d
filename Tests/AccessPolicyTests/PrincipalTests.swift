import AccessPolicy
import Core
import Testing

/// Whom statements of a resource's policy mean.
struct PrincipalTests {
    @Test(arguments: Self.cases) func `a principal is meant by its own names only`(
        _ principal: String, _ requester: Requester, _ isMeant: Bool
    ) throws {
        let text = document([statement("Deny", to: principal)])
        let resource = try NamedPolicy("r", Policy(parsing: text, use: .resource))
        let authorization = try Authorization(identity: [policy([statement()])], resource: .of(resource))
        let decision = authorization.decide(World.request(requester)) { _ in nil }
        if case .explicitlyDenied = decision { #expect(isMeant) } else { #expect(!isMeant) }
    }

    private static let bob = "arn:aws:iam::111122223333:user/team/bob"

    static let cases: [(String, Requester, Bool)] = [
        (#""*""#, World.ada, true),
        (#""*""#, .anonymous, true),
        (#"{"AWS":"*"}"#, World.ada, true),
        (#"{"AWS":"*"}"#, .anonymous, true),
        (#"{"AWS":"111122223333"}"#, World.ada, true),
        (#"{"AWS":"111122223333"}"#, World.job, true),
        (#"{"AWS":"111122223333"}"#, .root(World.own), true),
        (#"{"AWS":"arn:aws:iam::111122223333:root"}"#, World.ada, true),
        (#"{"AWS":"arn:aws:iam::444455556666:root"}"#, World.ada, false),
        (#"{"AWS":"444455556666"}"#, World.ada, false),
        (#"{"AWS":"444455556666"}"#, .anonymous, false),
        (#"{"AWS":"arn:aws:iam::111122223333:user/team/ada"}"#, World.ada, true),
        (#"{"AWS":"arn:aws:iam::111122223333:user/ada"}"#, World.ada, false),
        (#"{"AWS":"arn:aws:iam::111122223333:user/team/Ada"}"#, World.ada, false),
        (#"{"AWS":["\#(bob)","arn:aws:iam::111122223333:user/team/ada"]}"#, World.ada, true),
        (#"{"AWS":"AIDAADA0000000000000"}"#, World.ada, true),
        (#"{"AWS":"AIDAADA0000000000001"}"#, World.ada, false),
        (#"{"AWS":"AROAWORKER0000000000"}"#, World.job, true),
        (#"{"AWS":"arn:aws:iam::111122223333:role/worker"}"#, World.job, true),
        (#"{"AWS":"arn:aws:sts::111122223333:assumed-role/worker/job"}"#, World.job, true),
        (#"{"AWS":"arn:aws:sts::111122223333:assumed-role/worker/job2"}"#, World.job, false),
        (#"{"AWS":"arn:aws:sts::111122223333:federated-user/guest"}"#, World.guest, true),
        (#"{"AWS":"arn:aws:iam::111122223333:user/team/ada"}"#, World.guest, true),
        (#"{"Service":"events.amazonaws.com"}"#, World.events, true),
        (#"{"Service":"sns.amazonaws.com"}"#, World.events, false),
        (#"{"Service":"events.amazonaws.com"}"#, World.ada, false),
        (#"{"Service":["sns.amazonaws.com","events.amazonaws.com"],"AWS":"444455556666"}"#, World.events, true),
        (#"{"Federated":"accounts.google.com"}"#, .federated(provider: "accounts.google.com"), true),
        (#"{"Federated":"accounts.google.com"}"#, .federated(provider: "graph.facebook.com"), false),
        (#"{"Federated":"accounts.google.com"}"#, World.ada, false),
        (#"{"CanonicalUser":"79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be"}"#, World.ada, false),
    ]

    @Test(arguments: Self.exceptions) func `who is left out is read so that nothing opens`(
        _ effect: String, _ principal: String, _ requester: Requester, _ isBounded: Bool, _ allowed: Bool
    ) throws {
        let deny = #"{"Effect":"\#(effect)","NotPrincipal":\#(principal),"Action":"*","Resource":"*"}"#
        let resource = try NamedPolicy("r", Policy(parsing: document([deny]), use: .resource))
        let all = try policy([statement()])
        let authorization = Authorization(
            identity: effect == "Deny" ? [all] : [], resource: .of(resource), boundary: isBounded ? all : nil)
        #expect(authorization.decide(World.request(requester)) { _ in nil }.isAllowed == allowed)
    }

    private static let ada = #"{"AWS":"arn:aws:iam::111122223333:user/team/ada"}"#
    private static let role = #"{"AWS":"arn:aws:iam::111122223333:role/worker"}"#
    private static let session = #"{"AWS":"arn:aws:sts::111122223333:assumed-role/worker/job"}"#
    private static let account = #"{"AWS":"111122223333"}"#

    static let exceptions: [(String, String, Requester, Bool, Bool)] = [
        ("Deny", ada, World.ada, false, true),
        ("Deny", ada, World.ada, true, false),
        ("Deny", ada, World.job, false, false),
        ("Deny", account, World.ada, false, false),
        ("Deny", account, .root(World.own), false, true),
        ("Deny", session, World.job, false, true),
        ("Deny", role, World.job, false, false),
        ("Allow", ada, World.ada, false, false),
        ("Allow", ada, World.job, false, true),
        ("Allow", account, World.ada, false, false),
        ("Allow", account, World.job, false, false),
        ("Allow", role, World.job, false, false),
        ("Allow", role, .anonymous, false, true),
    ]
}
