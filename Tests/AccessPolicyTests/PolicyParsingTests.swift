import AccessPolicy
import Core
import Testing

/// What is no policy, and where that is said.
struct PolicyParsingTests {
    @Test(arguments: Self.flaws) func `a flaw has its place`(
        _ text: String, _ use: Policy.Use, _ place: String, _ reason: PolicyFlaw.Reason
    ) {
        #expect(throws: PolicyFlaw(reason, at: place)) { try Policy(parsing: text, use: use) }
    }

    private static func one(_ members: String) -> String { #"{"Version":"2012-10-17","Statement":[{\#(members)}]}"# }
    private static let head = #""Effect":"Allow","Action":"*""#
    private static let all = #""Effect":"Allow","Action":"*","Resource":"*""#

    static let flaws: [(String, Policy.Use, String, PolicyFlaw.Reason)] = [
        ("", .identity, "", .notJSON(JSONError(reason: .unexpectedEnd, offset: 0))),
        ("{", .identity, "", .notJSON(JSONError(reason: .unexpectedEnd, offset: 1))),
        (
            one(#""Effect":"Allow","Effect":"Deny""#), .identity, "",
            .notJSON(JSONError(reason: .repeatedKey, offset: 55))
        ),
        ("[]", .identity, "", .expected("an object")),
        ("{}", .identity, "", .missing("Statement")),
        (#"{"Statement":[]}"#, .identity, "Statement", .empty),
        (#"{"Statement":"x"}"#, .identity, "Statement", .expected("an object")),
        (#"{"Statement":[1]}"#, .identity, "Statement[0]", .expected("an object")),
        (#"{"Version":"2020-01-01","Statement":{}}"#, .identity, "Version", .unknownVersion("2020-01-01")),
        (#"{"Version":1,"Statement":{}}"#, .identity, "Version", .expected("a string")),
        (#"{"Id":1,"Statement":{}}"#, .identity, "Id", .expected("a string")),
        (#"{"Statement":{},"Extra":1}"#, .identity, "", .unknownElement("Extra")),
        (#"{"Statement":{\#(all),"action":"*"}}"#, .identity, "Statement", .unknownElement("action")),
        (#"{"Statement":[{\#(all)},{}]}"#, .identity, "Statement[1]", .missing("Action or NotAction")),
        (one(#""Action":"*","Resource":"*""#), .identity, "Statement[0]", .missing("Effect")),
        (one(#""Effect":"allow","Action":"*","Resource":"*""#), .identity, "Statement[0].Effect", .badEffect("allow")),
        (one(head), .identity, "Statement[0]", .missing("Resource or NotResource")),
        (one(all + #","NotAction":"*""#), .identity, "Statement[0]", .both("Action", "NotAction")),
        (one(all + #","NotResource":"*""#), .identity, "Statement[0]", .both("Resource", "NotResource")),
        (one(all + #","Principal":"*""#), .identity, "Statement[0]", .notWanted("Principal")),
        (one(all + #","NotPrincipal":"*""#), .identity, "Statement[0]", .notWanted("NotPrincipal")),
        (one(all), .resource, "Statement[0]", .missing("Principal or NotPrincipal")),
        (one(all + #","Principal":"*""#), .trust, "Statement[0]", .notWanted("Resource")),
        (one(head + #","Principal":"*""#), .resource, "Statement[0]", .missing("Resource or NotResource")),
        (one(#""Effect":"Allow","Action":[],"Resource":"*""#), .identity, "Statement[0].Action", .empty),
        (one(head + #","Resource":[]"#), .identity, "Statement[0].Resource", .empty),
        (
            one(#""Effect":"Allow","Action":["*",1],"Resource":"*""#), .identity, "Statement[0].Action[1]",
            .expected("a string")
        ),
        (
            one(#""Effect":"Allow","NotAction":["s3:*","s3"],"Resource":"*""#), .identity, "Statement[0].NotAction[1]",
            .badAction("s3")
        ),
        (
            one(#""Effect":"Allow","Action":"*:Get","Resource":"*""#), .identity, "Statement[0].Action",
            .badAction("*:Get")
        ),
        (one(#""Effect":"Allow","Action":"s3:","Resource":"*""#), .identity, "Statement[0].Action", .badAction("s3:")),
        (
            one(#""Effect":"Allow","Action":"s3:a b","Resource":"*""#), .identity, "Statement[0].Action",
            .badAction("s3:a b")
        ),
        (
            one(#""Effect":"Allow","Action":"s3:Gét","Resource":"*""#), .identity, "Statement[0].Action",
            .badAction("s3:Gét")
        ),
        (
            one(#""Effect":"Allow","Action":"s3:Get:x","Resource":"*""#), .identity, "Statement[0].Action",
            .badAction("s3:Get:x")
        ),
        (one(head + #","Resource":"bucket""#), .identity, "Statement[0].Resource", .badResource("bucket")),
        (
            one(head + #","Resource":["*","arn:aws:s3"]"#), .identity, "Statement[0].Resource[1]",
            .badResource("arn:aws:s3")
        ),
        (
            one(head + #","Resource":"arn:aws:s3:::${aws:username""#), .identity, "Statement[0].Resource",
            .badVariable("${aws:username")
        ),
        (
            one(head + #","Resource":"arn:aws:s3:::${name}""#), .identity, "Statement[0].Resource",
            .badVariable("${name}")
        ),
        (
            one(head + #","Resource":"arn:aws:s3:::${aws:a, b}""#), .identity, "Statement[0].Resource",
            .badVariable("${aws:a, b}")
        ),
        (
            one(head + #","Resource":"arn:aws:s3:::${a:${b:c}}""#), .identity, "Statement[0].Resource",
            .badVariable("${a:${b:c}}")
        ),
        (
            one(head + #","Resource":"arn:aws:s3::${aws:x}:b""#), .identity, "Statement[0].Resource",
            .variableBeforeFifthColon("arn:aws:s3::${aws:x}:b")
        ),
        (
            one(head + #","Resource":"${aws:x}""#), .identity, "Statement[0].Resource",
            .variableBeforeFifthColon("${aws:x}")
        ),
        (one(all + #","Sid":"a-b""#), .identity, "Statement[0].Sid", .badSid("a-b")),
        (one(all + #","Sid":1"#), .identity, "Statement[0].Sid", .expected("a string")),
        (
            #"{"Statement":[{\#(all),"Sid":"a"},{\#(all),"Sid":"a"}]}"#, .identity, "Statement[1].Sid",
            .repeatedSid("a")
        ),
        (one(all + #","Principal":"x""#), .resource, "Statement[0].Principal", .badPrincipal("x")),
        (one(all + #","Principal":{}"#), .resource, "Statement[0].Principal", .empty),
        (one(all + #","Principal":[]"#), .resource, "Statement[0].Principal", .expected("an object")),
        (one(all + #","Principal":{"AWS":[]}"#), .resource, "Statement[0].Principal.AWS", .empty),
        (
            one(all + #","Principal":{"Azure":"x"}"#), .resource, "Statement[0].Principal",
            .unknownPrincipalType("Azure")
        ),
        (
            one(all + #","Principal":{"AWS":["*","12"]}"#), .resource, "Statement[0].Principal.AWS[1]",
            .badPrincipal("12")
        ),
        (
            one(all + #","NotPrincipal":{"AWS":"arn:aws:iam::111122223333:user/*"}"#), .resource,
            "Statement[0].NotPrincipal.AWS", .badPrincipal("arn:aws:iam::111122223333:user/*")
        ),
        (
            one(all + #","Principal":{"AWS":"arn:aws:iam::111122223333:group/g"}"#), .resource,
            "Statement[0].Principal.AWS", .badPrincipal("arn:aws:iam::111122223333:group/g")
        ),
        (
            one(all + #","Principal":{"AWS":"arn:aws:s3:::b"}"#), .resource, "Statement[0].Principal.AWS",
            .badPrincipal("arn:aws:s3:::b")
        ),
        (one(all + #","Principal":{"Service":"*"}"#), .resource, "Statement[0].Principal.Service", .badPrincipal("*")),
        (one(all + #","Condition":[]"#), .identity, "Statement[0].Condition", .expected("an object")),
        (
            one(all + #","Condition":{"StringEquals":[]}"#), .identity, "Statement[0].Condition.StringEquals",
            .expected("an object")
        ),
        (
            one(all + #","Condition":{"StringIs":{}}"#), .identity, "Statement[0].Condition",
            .unknownOperator("StringIs")
        ),
        (
            one(all + #","Condition":{"NullIfExists":{}}"#), .identity, "Statement[0].Condition",
            .unknownOperator("NullIfExists")
        ),
        (
            one(all + #","Condition":{"ForSomeValues:Bool":{}}"#), .identity, "Statement[0].Condition",
            .unknownOperator("ForSomeValues:Bool")
        ),
        (
            one(all + #","Condition":{"Bool":{"key":"true"}}"#), .identity, "Statement[0].Condition.Bool",
            .badKey("key")
        ),
        (
            one(all + #","Condition":{"Bool":{"a:b":"yes"}}"#), .identity, "Statement[0].Condition.Bool.a:b",
            .badValue("yes", operator: "Bool")
        ),
        (
            one(all + #","Condition":{"StringEquals":{"a:b":null}}"#), .identity,
            "Statement[0].Condition.StringEquals.a:b", .expected("a string, a number or a truth value")
        ),
        (
            one(all + #","Condition":{"NumericEquals":{"a:b":[1,"x"]}}"#), .identity,
            "Statement[0].Condition.NumericEquals.a:b[1]", .badValue("x", operator: "NumericEquals")
        ),
        (
            one(all + #","Condition":{"DateEquals":{"a:b":"2020-02-30"}}"#), .identity,
            "Statement[0].Condition.DateEquals.a:b", .badValue("2020-02-30", operator: "DateEquals")
        ),
        (
            one(all + #","Condition":{"IpAddress":{"a:b":"10.0.0.0/33"}}"#), .identity,
            "Statement[0].Condition.IpAddress.a:b", .badValue("10.0.0.0/33", operator: "IpAddress")
        ),
        (
            one(all + #","Condition":{"IpAddress":{"a:b":"${aws:SourceIp}"}}"#), .identity,
            "Statement[0].Condition.IpAddress.a:b", .badValue("${aws:SourceIp}", operator: "IpAddress")
        ),
        (
            one(all + #","Condition":{"BinaryEquals":{"a:b":"%"}}"#), .identity,
            "Statement[0].Condition.BinaryEquals.a:b", .badValue("%", operator: "BinaryEquals")
        ),
        (
            one(all + #","Condition":{"StringLike":{"a:b":["x","${"]}}"#), .identity,
            "Statement[0].Condition.StringLike.a:b[1]", .badVariable("${")
        ),
    ]

    @Test(arguments: Self.good) func `a policy of the guide is one`(_ text: String, _ use: Policy.Use) throws {
        #expect(try !Policy(parsing: text, use: use).statements.isEmpty)
    }

    static let good: [(String, Policy.Use)] = [
        (#"{"Statement":{\#(all)}}"#, .identity),
        (
            #" { "Version" : "2008-10-17" , "Id":"x y", "Statement" : [ {\#(all)} , {\#(all),"Sid":"B1"} ] } "#,
            .identity
        ),
        (one(all + #","Sid":"","Condition":{}"#), .identity),
        (one(all + #","Condition":{"StringEquals":{"a:b":[]},"Null":{"a:b":true}}"#), .identity),
        (one(all + #","Sid":"with-dash_and space","Principal":{"AWS":"*"}"#), .resource),
        (one(head + #","Principal":{"Service":"lambda.amazonaws.com"}"#), .trust),
        (one(head + #","Principal":{"Federated":"arn:aws:iam::111122223333:saml-provider/x"}"#), .trust),
        (one(head + #","NotPrincipal":{"AWS":["111122223333","AROAWORKER0000000000"]}"#), .trust),
        (one(head + #","Resource":["arn:aws:s3:::b/${aws:PrincipalTag/a b, 'c d'}","arn:aws:lambda:*"]"#), .identity),
        (
            one(all + #","Condition":{"DateLessThan":{"aws:CurrentTime":["2020-02-29T23:59:60.5-08:00","2020",0]}}"#),
            .identity
        ),
    ]

    @Test func `size, depth and number are bounded`() throws {
        let statement = "{" + Self.all + "}"
        let many = #"{"Statement":["# + Array(repeating: statement, count: 1001).joined(separator: ",") + "]}"
        #expect(throws: PolicyFlaw(.tooManyStatements(limit: 1000), at: "Statement")) {
            try Policy(parsing: many, use: .identity)
        }
        let large = Self.one(Self.all) + String(repeating: " ", count: 65_536)
        #expect(throws: PolicyFlaw(.tooLarge(limit: 65_536), at: "")) { try Policy(parsing: large, use: .identity) }
        let deep = #"{"Statement":"# + String(repeating: "[", count: 1000)
        #expect(throws: PolicyFlaw(.notJSON(JSONError(reason: .tooDeep, offset: 20)), at: "")) {
            try Policy(parsing: deep, use: .identity)
        }
        let few = Policy.Limits(bytes: 100, statements: 1)
        #expect(throws: PolicyFlaw(.tooLarge(limit: 100), at: "")) {
            try Policy(parsing: Self.one(Self.all + #","Sid":"a","Condition":{}"#), use: .identity, limits: few)
        }
    }

    @Test func `a flaw is a sentence without control characters`() {
        let flaw = PolicyFlaw(.badAction("a\u{0}\n\(String(repeating: "x", count: 500))"), at: "Statement[1].Action")
        #expect(flaw.description.hasPrefix("Statement[1].Action is neither * nor SERVICE:NAME: \"a\u{FFFD}\u{FFFD}xxx"))
        #expect(flaw.description.utf8.count < 200)
        #expect(PolicyFlaw(.empty, at: "").description == "The policy must not be empty")
    }
}
