import AccessPolicy
import ArgumentParser
import Core
import Testing

@testable import martlet

/// What `martlet authorize` and `martlet policies check` say.
@Suite struct AccessCommandTests {
    @Test func `a denial names what is missing and the near misses`() throws {
        let answer = try JSON(
            parsing: #"""
                {"Principal":"arn:p","Action":"s3:Get","Resource":"*","Allowed":false,"Decision":"implicitDeny",
                 "MissingPolicyKind":"identity","AppliedStatements":[],"NearMisses":[{"Statement":{"PolicyKind":"identity",
                 "Policy":"own","Index":2,"Sid":"S","Effect":"Allow"},"IsForOthers":false,"FailedConditions":[
                 {"Operator":"IpAddress","Key":"aws:SourceIp","IsAbsent":true}]}],"Notes":["n"]}
                """#)
        let words = AccessWords(answer)
        #expect(words.verdict == "denied: no identity-based policy allows s3:Get")
        #expect(words.explanation.contains("near miss: Allow in identity-based policy 'own', statement 2 (S)"))
        #expect(words.explanation.contains("  IpAddress on aws:SourceIp does not hold: the key has no value"))
        #expect(words.explanation.last == "note: n")
    }

    @Test func `a decision names its statement`() throws {
        let statement = #"{"PolicyKind":"boundary","Policy":"p","Index":0,"Effect":"Deny"}"#
        let denied = try JSON(
            parsing: #"{"Allowed":false,"DecidingStatement":\#(statement),"AppliedStatements":[\#(statement)]}"#)
        #expect(AccessWords(denied).verdict == "denied by permissions boundary 'p', statement 0")
        #expect(AccessWords(denied).explanation.count == 4)
        let root = try JSON(parsing: #"{"Allowed":true}"#)
        #expect(AccessWords(root).verdict == "allowed: the account itself may do all")
    }

    @Test func `context is keys and values, of which a key may have several`() throws {
        let values = try AuthorizeCommand.values(of: ["aws:a=1", "aws:b=x=y", "aws:a=2"])
        #expect(values["aws:a"] == ["1", "2"] && values["aws:b"] == ["x=y"])
        for text in ["", "a", "a=b", "=", "aws:a"] {
            #expect(throws: ValidationError.self) { _ = try AuthorizeCommand.values(of: [text]) }
        }
    }

    @Test func `a policy is checked with its flaws and what never matches`() {
        func check(_ text: String, _ use: Policy.Use = .identity) -> (status: Int32, lines: [String]) {
            PolicyCheck.check(Array(text.utf8), as: use)
        }
        let good = #"{"Statement":{"Effect":"Allow","Action":"lambda:*","Resource":"*"}}"#
        #expect(check(good).status == 0 && check(good).lines.isEmpty)
        let idle = check(good.replacing("lambda", with: "lamda"))
        #expect(idle.status == 1)
        #expect(idle.lines.first?.hasPrefix("warning: Statement[0].Action[0] can never match") == true)
        let broken = check(good, .trust)
        #expect(broken.status == 2 && broken.lines.first?.hasPrefix("flaw: Statement") == true)
    }
}
