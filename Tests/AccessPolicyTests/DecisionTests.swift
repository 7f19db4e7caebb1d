import AccessPolicy
import Core
import Testing

/// What the kinds of policies decide together.
struct DecisionTests {
    /// One row: who asks, what each kind of policy says, and how it ends.
    ///
    /// Of a kind: `.` there is none, `0` it speaks of something else, `+` it allows, `-` it denies, `±` both. Of the
    /// resource's policy the sign is followed by whom it names: `*` everyone, `a` the account, `u` the user, `r` the
    /// role, `s` the session, `o` the other account, `v` the service. The end names the kind that decided.
    static let sameAccount = """
        user    I+ R.  B. S.  allowed identity
        user    I. R.  B. S.  missing identity
        user    I0 R.  B. S.  missing identity
        user    I- R.  B. S.  denied identity
        user    I± R.  B. S.  denied identity
        user    I+ R0* B. S.  allowed identity
        user    I+ R+u B. S.  allowed resource
        user    I0 R+u B. S.  allowed resource
        user    I. R+u B. S.  allowed resource
        user    I. R+* B. S.  allowed resource
        user    I. R+a B. S.  missing identity
        user    I+ R+a B. S.  allowed identity
        user    I. R+o B. S.  missing identity
        user    I. R+v B. S.  missing identity
        user    I. R+s B. S.  missing identity
        user    I. R0u B. S.  missing identity
        user    I+ R-u B. S.  denied resource
        user    I+ R-* B. S.  denied resource
        user    I+ R-a B. S.  denied resource
        user    I+ R-o B. S.  allowed identity
        user    I+ R-s B. S.  allowed identity
        user    I- R+u B. S.  denied identity
        user    I± R-u B. S.  denied identity
        user    I+ R.  B+ S.  allowed identity
        user    I+ R.  B0 S.  missing boundary
        user    I+ R.  B- S.  denied boundary
        user    I+ R.  B± S.  denied boundary
        user    I. R.  B+ S.  missing identity
        user    I. R+u B0 S.  allowed resource
        user    I. R+* B0 S.  allowed resource
        user    I. R+u B- S.  denied boundary
        user    I+ R+a B0 S.  missing boundary
        user    I+ R+a B+ S.  allowed identity
        session I+ R.  B. S.  allowed identity
        session I. R.  B. S.  missing identity
        session I- R.  B. S.  denied identity
        session I. R+r B. S.  allowed resource
        session I. R+s B. S.  allowed resource
        session I. R+a B. S.  missing identity
        session I. R+* B. S.  allowed resource
        session I. R+u B. S.  missing identity
        session I+ R.  B. S+  allowed identity
        session I+ R.  B. S0  missing session
        session I+ R.  B. S-  denied session
        session I+ R.  B. S±  denied session
        session I. R.  B. S+  missing identity
        session I. R+r B. S0  missing session
        session I. R+r B. S+  allowed resource
        session I. R+r B. S-  denied session
        session I. R+s B. S0  allowed resource
        session I. R+s B. S-  denied session
        session I. R+* B. S0  allowed resource
        session I. R+r B0 S.  missing boundary
        session I. R+r B+ S.  allowed resource
        session I. R+s B0 S.  allowed resource
        session I. R+s B0 S0  allowed resource
        session I+ R.  B+ S+  allowed identity
        session I+ R.  B0 S+  missing boundary
        session I+ R.  B+ S0  missing session
        session I+ R.  B- S+  denied boundary
        session I+ R-r B. S.  denied resource
        session I+ R-s B. S.  denied resource
        session I+ R-a B. S.  denied resource
        session I+ R-u B. S.  allowed identity
        guest   I+ R.  B. S+  allowed identity
        guest   I+ R.  B. S.  missing session
        guest   I+ R.  B. S0  missing session
        guest   I. R+u B. S+  allowed resource
        guest   I. R+u B. S0  missing session
        guest   I. R+* B. S.  allowed resource
        root    I. R.  B. S.  allowed root
        root    I. R-* B. S.  denied resource
        root    I. R-a B. S.  denied resource
        root    I. R+a B. S.  allowed resource
        service I. R.  B. S.  missing resource
        service I. R+v B. S.  allowed resource
        service I. R+* B. S.  allowed resource
        service I. R+a B. S.  missing resource
        service I. R-v B. S.  denied resource
        nobody  I. R.  B. S.  missing resource
        nobody  I. R+* B. S.  allowed resource
        nobody  I. R+a B. S.  missing resource
        nobody  I. R-* B. S.  denied resource
        """

    static let acrossAccounts = """
        user    I+ R.  B. S.  missing resource
        user    I+ R0* B. S.  missing resource
        user    I+ R+u B. S.  allowed identity
        user    I+ R+a B. S.  allowed identity
        user    I+ R+* B. S.  allowed identity
        user    I+ R+o B. S.  missing resource
        user    I. R+u B. S.  missing identity
        user    I0 R+* B. S.  missing identity
        user    I- R+u B. S.  denied identity
        user    I+ R-u B. S.  denied resource
        user    I+ R-a B. S.  denied resource
        user    I+ R+u B0 S.  missing boundary
        user    I+ R+u B+ S.  allowed identity
        user    I+ R+u B- S.  denied boundary
        session I+ R+r B. S.  allowed identity
        session I+ R+s B. S.  allowed identity
        session I+ R+a B. S.  allowed identity
        session I. R+s B. S.  missing identity
        session I+ R+s B. S0  missing session
        session I+ R+r B. S+  allowed identity
        session I+ R+s B0 S.  missing boundary
        root    I. R.  B. S.  missing resource
        root    I. R+a B. S.  allowed resource
        root    I. R-a B. S.  denied resource
        service I. R+v B. S.  allowed resource
        """

    /// A role's trust policy must allow, whoever asks.
    static let trust = """
        user    I+ T.  B. S.  missing trust
        user    I+ T0* B. S.  missing trust
        user    I. T+u B. S.  allowed trust
        user    I. T+* B. S.  allowed trust
        user    I. T+a B. S.  missing identity
        user    I+ T+a B. S.  allowed identity
        user    I+ T+v B. S.  missing trust
        user    I+ T-u B. S.  denied trust
        user    I- T+u B. S.  denied identity
        session I. T+r B. S.  allowed trust
        session I. T+r B0 S.  missing boundary
        session I. T+s B. S.  allowed trust
        root    I. T.  B. S.  missing trust
        root    I. T+a B. S.  allowed trust
        service I. T+v B. S.  allowed trust
        service I. T+a B. S.  missing trust
        nobody  I. T+* B. S.  allowed trust
        """

    @Test(arguments: rows(sameAccount)) func `within one account either side may allow`(_ row: String) throws {
        try check(row, owner: World.own)
    }

    @Test(arguments: rows(acrossAccounts)) func `across accounts both sides must allow`(_ row: String) throws {
        try check(row, owner: World.other)
    }

    @Test(arguments: rows(trust)) func `a trust policy must allow whoever asks`(_ row: String) throws {
        try check(row, owner: World.own)
    }

    static func rows(_ table: String) -> [String] { table.split(separator: "\n").map(String.init) }

    private func check(_ row: String, owner: AccountID) throws {
        let words = row.split(separator: " ").map(String.init)
        let authorization = try Authorization(
            identity: Self.policies(words[1], "identity"), resource: Self.resource(words[2]),
            boundary: Self.policies(words[3], "boundary").first,
            session: words[4] == "S." ? nil : Self.policies(words[4], "session"))
        let requester =
            switch words[0] {
            case "user": World.ada
            case "session": World.job
            case "guest": World.guest
            case "root": Requester.root(World.own)
            case "service": World.events
            default: Requester.anonymous
            }
        let decision = authorization.decide(World.request(requester, of: owner)) { _ in nil }
        let end =
            switch decision {
            case .allowed(let statement): "allowed \(statement.map { "\($0.kind)" } ?? "root")"
            case .explicitlyDenied(let statement): "denied \(statement.kind)"
            case .implicitlyDenied(let kind): "missing \(kind)"
            }
        #expect(end == words[5] + " " + words[6], "\(row)")
    }

    private static func policies(_ word: String, _ name: String) throws -> [NamedPolicy] {
        guard !word.hasSuffix(".") else { return [] }
        return [try policy(statements(String(word.dropFirst())), name: name)]
    }

    private static func statements(_ sign: String, to principal: String? = nil, isTrust: Bool = false) -> [String] {
        let resource = isTrust ? nil : #""Resource":"*""#
        return sign.map { character in
            switch character {
            case "+": [statement("Allow", on: resource, to: principal)]
            case "-": [statement("Deny", on: resource, to: principal)]
            case "±":
                [statement("Allow", on: resource, to: principal), statement("Deny", on: resource, to: principal)]
            default: [statement("Allow", #""Action":"s3:*""#, on: resource, to: principal)]
            }
        }.flatMap { $0 }
    }

    private static func resource(_ word: String) throws -> Authorization.ResourcePolicy {
        guard !word.hasSuffix("."), let name = word.last else { return word.hasPrefix("T") ? try noTrust : .none }
        let principal =
            switch name {
            case "*": #""*""#
            case "a": #"{"AWS":"111122223333"}"#
            case "u": #"{"AWS":"arn:aws:iam::111122223333:user/team/ada"}"#
            case "r": #"{"AWS":"arn:aws:iam::111122223333:role/worker"}"#
            case "s":
                #"{"AWS":["arn:aws:sts::111122223333:assumed-role/worker/job"]}"#
            case "o": #"{"AWS":["arn:aws:iam::444455556666:root"]}"#
            default: #"{"Service":["events.amazonaws.com"]}"#
            }
        let isTrust = word.hasPrefix("T")
        let sign = String(word.dropFirst().dropLast())
        let named = try policy(
            statements(sign, to: principal, isTrust: isTrust), name: "resource", use: isTrust ? .trust : .resource)
        return isTrust ? .trust(named) : .of(named)
    }

    private static var noTrust: Authorization.ResourcePolicy {
        get throws {
            let nobody = statement(on: nil, to: #"{"Service":"nobody.amazonaws.com"}"#)
            return .trust(try policy([nobody], use: .trust))
        }
    }

    @Test func `a decision names the statement, and a denial says so in AWS's words`() throws {
        let statements = [
            statement("Deny", #""Action":"s3:*""#), statement(sid: "All"), statement("Deny", sid: "None"),
        ]
        let denied = try Authorization(identity: [
            policy([statement()], name: "other"), policy(statements, name: "mine"),
        ])
        .decide(World.request()) { _ in nil }
        guard case .explicitlyDenied(let reference) = denied else {
            Issue.record("\(denied)")
            return
        }
        #expect(reference.policy == "mine" && reference.index == 2 && reference.sid == "None")
        let action = ActionName("lambda:InvokeFunction")
        #expect(denied.reason(for: action) == "with an explicit deny in an identity-based policy")
        #expect(
            Decision.implicitlyDenied(missing: .identity).reason(for: action)
                == "because no identity-based policy allows the lambda:InvokeFunction action")
        #expect(
            Decision.implicitlyDenied(missing: .boundary).reason(for: action)
                == "because no permissions boundary allows the lambda:InvokeFunction action")
        #expect(Decision.allowed(by: nil).reason(for: action) == nil)
    }

    @Test func `of several session policies one must allow`() throws {
        let other = try policy([statement("Allow", #""Action":"s3:*""#)])
        let all = try policy([statement()])
        let request = World.request(World.job)
        for (session, allowed) in [([other, all], true), ([other, other], false), ([], false)] {
            let authorization = Authorization(identity: [all], session: session)
            #expect(authorization.decide(request) { _ in nil }.isAllowed == allowed)
        }
    }
}
