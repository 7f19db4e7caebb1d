import AccessPolicy
import Testing

/// What variables are replaced with.
struct VariableTests {
    private static let bucket = "arn:aws:s3:::b/"

    @Test(arguments: Self.cases) func `a variable has the value of its key`(
        _ pattern: String, _ resource: String, _ matches: Bool
    ) throws {
        let context: [String: ContextValue] = [
            "aws:PrincipalTag/team": .text("blue"), "aws:PrincipalTag/odd": .text("a*?:$"),
            "aws:TagKeys": .texts(["one"]), "aws:EpochTime": .number(12), "aws:SecureTransport": .flag(true),
            "x:empty": .text(""),
        ]
        let request = World.request(on: Self.bucket + resource)
        let text = statement(on: #""Resource":\#(quoted(Self.bucket + pattern))"#)
        #expect(try allows([text], request, context) == matches)
    }

    static let cases: [(String, String, Bool)] = [
        ("${aws:username}", "ada", true),
        ("${aws:username}", "bob", false),
        ("${aws:username}", "${aws:username}", false),
        ("${AWS:UserName}", "ada", true),
        ("${aws:username}/*", "ada/x/y", true),
        ("${aws:username}/*", "adam/x", false),
        ("x-${aws:username}-y", "x-ada-y", true),
        ("x-${aws:username}-y", "x-ada-z", false),
        ("${aws:username}${aws:username}", "adaada", true),
        ("${aws:userid}", "AIDAADA0000000000000", true),
        ("${aws:PrincipalAccount}", "111122223333", true),
        ("${aws:PrincipalType}", "User", true),
        ("${aws:PrincipalArn}", "arn:aws:iam::111122223333:user/team/ada", true),
        ("${aws:ResourceAccount}", "111122223333", true),
        ("${aws:PrincipalTag/team}", "blue", true),
        ("${aws:PrincipalTag/team}/*", "blue/x", true),
        ("${aws:PrincipalTag/none}", "", false),
        ("${aws:PrincipalTag/none}*", "x", false),
        ("${aws:PrincipalTag/none, 'all'}", "all", true),
        ("${aws:PrincipalTag/none,'all'}", "all", true),
        ("${aws:PrincipalTag/none, ''}", "", true),
        ("${aws:PrincipalTag/none, 'a*'}", "ab", false),
        ("${aws:PrincipalTag/team, 'all'}", "all", false),
        ("${aws:PrincipalTag/team, 'all'}", "blue", true),
        ("${x:empty, 'all'}", "", true),
        // Nothing in a value is a wildcard, nor a variable.
        ("${aws:PrincipalTag/odd}", "a*?:$", true),
        ("${aws:PrincipalTag/odd}", "abc?:$", false),
        ("${*}", "*", true),
        ("${*}", "x", false),
        ("${?}", "?", true),
        ("${?}", "x", false),
        ("${$}{aws:username}", "${aws:username}", true),
        ("a${*}*", "a*bc", true),
        ("$x", "$x", true),
        // A key with several values is no variable.
        ("${aws:TagKeys}", "one", false),
        ("${aws:TagKeys, 'none'}", "none", true),
        ("${aws:EpochTime}", "12", true),
        ("${aws:SecureTransport}", "true", true),
    ]

    @Test func `policies of 2008 know no variables`() throws {
        for version in ["2008-10-17", "2012-10-17"] {
            let text = statement(on: #""Resource":"arn:aws:s3:::b/${aws:username}""#)
            let literal = World.request(on: Self.bucket + "${aws:username}")
            #expect(try allows([text], literal, version: version) == (version == "2008-10-17"))
        }
        let star = statement(on: #""Resource":"arn:aws:s3:::b/${*}""#)
        #expect(try allows([star], World.request(on: Self.bucket + "${anything}"), version: "2008-10-17"))
        let unversioned = #"{"Statement":\#(statement(on: #""Resource":"arn:aws:s3:::b/${aws:username}""#))}"#
        let authorization = try Authorization(
            identity: [NamedPolicy("p", Policy(parsing: unversioned, use: .identity))])
        #expect(!authorization.decide(World.request(on: Self.bucket + "ada")) { _ in nil }.isAllowed)
    }

    @Test func `a variable without a value opens nothing, whatever leaves it out`() throws {
        let variable = "${aws:PrincipalTag/none}"
        let except = statement(on: #""NotResource":"arn:aws:s3:::b/\#(variable)""#)
        #expect(try allows([except], World.request()))
        #expect(try allows([except], World.request(on: Self.bucket + "x")) == false)
        let everything = statement()
        let denial = statement("Deny", on: #""NotResource":"arn:aws:s3:::b/\#(variable)""#)
        #expect(try allows([everything, denial], World.request(on: Self.bucket + "x")) == false)
        let unlike = #"{"StringNotEquals":{"x:tag":"\#(variable)"}}"#
        let context: [String: ContextValue] = ["x:tag": .text("t")]
        #expect(try allows([statement(if: unlike)], World.request(), context) == false)
        #expect(try allows([everything, statement("Deny", if: unlike)], World.request(), context) == false)
        let like = #"{"StringEquals":{"x:tag":"\#(variable)"}}"#
        #expect(try allows([statement(if: like)], World.request(), context) == false)
        #expect(try allows([everything, statement("Deny", if: like)], World.request(), context))
    }
}
