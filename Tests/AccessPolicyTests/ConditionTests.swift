import AccessPolicy
import Core
import Testing

/// When conditions of an allowing statement hold; what is expected is what AWS's pages say.
struct ConditionTests {
    typealias Case = (test: String, values: String, given: ContextValue?, holds: Bool)

    @Test(arguments: texts + numbers + dates + kinds + addresses + arns + absence + sets)
    func `a condition holds as its operator says`(
        _ test: String, _ values: String, _ given: ContextValue?, _ holds: Bool
    )
        throws
    {
        let condition = #"{"\#(test)":{"x:key":\#(values)}}"#
        let result = try allows([statement(if: condition)], World.request(), given.map { ["x:key": $0] } ?? [:])
        #expect(result == holds)
    }

    static let texts: [Case] = [
        ("StringEquals", #""a""#, .text("a"), true),
        ("StringEquals", #""a""#, .text("A"), false),
        ("StringEquals", #""a""#, .text("ab"), false),
        ("StringEquals", #""a""#, .text(""), false),
        ("StringEquals", #""""#, .text(""), true),
        ("StringEquals", #""a""#, nil, false),
        ("StringEquals", #"["a","b"]"#, .text("b"), true),
        ("StringEquals", #"["a","b"]"#, .text("c"), false),
        ("StringEquals", #""a*""#, .text("ab"), false),
        ("StringEquals", #""a*""#, .text("a*"), true),
        ("StringEquals", #""${aws:username}""#, .text("ada"), true),
        ("StringEquals", #""x${*}""#, .text("x*"), true),
        ("StringEquals", "12", .number(12), true),
        ("StringEquals", "true", .flag(true), true),
        ("StringEquals", #"[]"#, .text("a"), false),
        ("StringEquals", #""\u00e9""#, .text("e\u{301}"), false),
        ("StringEquals", #""a\u0000b""#, .text("a\u{0}b"), true),
        ("StringEquals", #""a\u0000b""#, .text("a"), false),
        ("stringequals", #""a""#, .text("a"), true),
        ("StringNotEquals", #""a""#, .text("a"), false),
        ("StringNotEquals", #""a""#, .text("b"), true),
        ("StringNotEquals", #""a""#, nil, true),
        ("StringNotEquals", #"["a","b"]"#, .text("b"), false),
        ("StringNotEquals", #"["a","b"]"#, .text("c"), true),
        ("StringNotEquals", #"[]"#, .text("c"), true),
        ("StringEqualsIgnoreCase", #""aBc""#, .text("AbC"), true),
        ("StringEqualsIgnoreCase", #""aBc""#, .text("abd"), false),
        ("StringEqualsIgnoreCase", #""a*""#, .text("AB"), false),
        ("StringNotEqualsIgnoreCase", #""aBc""#, .text("AbC"), false),
        ("StringNotEqualsIgnoreCase", #""aBc""#, .text("x"), true),
        ("StringNotEqualsIgnoreCase", #""aBc""#, nil, true),
        ("StringLike", #""a*""#, .text("abc"), true),
        ("StringLike", #""a*""#, .text("Abc"), false),
        ("StringLike", #""a?c""#, .text("abc"), true),
        ("StringLike", #""a?c""#, .text("ac"), false),
        ("StringLike", #"["","home/","home/${aws:username}/*"]"#, .text(""), true),
        ("StringLike", #"["","home/","home/${aws:username}/*"]"#, .text("home/ada/x"), true),
        ("StringLike", #"["","home/","home/${aws:username}/*"]"#, .text("home/bob/x"), false),
        ("StringLike", #""*""#, .text(""), true),
        ("StringLike", #""*""#, nil, false),
        ("StringLike", #""a${*}""#, .text("a*"), true),
        ("StringLike", #""a${*}""#, .text("ab"), false),
        ("StringNotLike", #""a*""#, .text("abc"), false),
        ("StringNotLike", #""a*""#, .text("bc"), true),
        ("StringNotLike", #""a*""#, nil, true),
        ("StringEqualsIfExists", #""a""#, nil, true),
        ("StringEqualsIfExists", #""a""#, .text("a"), true),
        ("StringEqualsIfExists", #""a""#, .text("b"), false),
        ("StringNotEqualsIfExists", #""a""#, nil, true),
        ("StringNotEqualsIfExists", #""a""#, .text("a"), false),
        ("StringLikeIfExists", #"["t1.*","t2.*"]"#, .text("t2.micro"), true),
        ("StringLikeIfExists", #"["t1.*","t2.*"]"#, .text("m3.large"), false),
    ]

    static let numbers: [Case] = [
        ("NumericEquals", "10", .number(10), true),
        ("NumericEquals", #""10""#, .text("10.0"), true),
        ("NumericEquals", "1e1", .text("10"), true),
        ("NumericEquals", "10", .text("10.5"), false),
        ("NumericEquals", "-0", .number(0), true),
        ("NumericEquals", "0.1", .text("0.10"), true),
        ("NumericEquals", "9007199254740993", .text("9007199254740992"), false),
        ("NumericEquals", "10", .text("ten"), false),
        ("NumericEquals", "10", nil, false),
        ("NumericEquals", "[1,2,3]", .number(2), true),
        ("NumericNotEquals", "10", .number(11), true),
        ("NumericNotEquals", "10", .number(10), false),
        ("NumericNotEquals", "[1,2]", .number(2), false),
        ("NumericNotEquals", "10", nil, true),
        ("NumericNotEquals", "10", .text("ten"), false),
        ("NumericLessThan", "10", .number(9), true),
        ("NumericLessThan", "10", .number(10), false),
        ("NumericLessThan", "10", .number(-11), true),
        ("NumericLessThan", "-10", .number(-11), true),
        ("NumericLessThan", "-10", .number(-9), false),
        ("NumericLessThan", "[5,10]", .number(7), true),
        ("NumericLessThanEquals", "10", .number(10), true),
        ("NumericLessThanEquals", "10", .text("10.0000000000000000001"), false),
        ("NumericLessThanEquals", "10", nil, false),
        ("NumericLessThanEqualsIfExists", "10", nil, true),
        ("NumericGreaterThan", "10", .number(11), true),
        ("NumericGreaterThan", "10", .number(10), false),
        ("NumericGreaterThan", "0.5", .text("0.49"), false),
        ("NumericGreaterThan", "0.05", .text("0.4"), true),
        ("NumericGreaterThanEquals", "10", .number(10), true),
        ("NumericGreaterThanEquals", "10", .number(9), false),
        ("NumericGreaterThanEquals", "0", .text("-0.0"), true),
    ]

    private static let noon = Instant(milliseconds: 1_605_873_600_000)

    static let dates: [Case] = [
        ("DateEquals", #""2020-11-20T12:00:00Z""#, .instant(noon), true),
        ("DateEquals", #""2020-11-20T13:00:00+01:00""#, .instant(noon), true),
        ("DateEquals", #""2020-11-20T12:00Z""#, .instant(noon), true),
        ("DateEquals", #""2020-11-20T12:00:00.000Z""#, .text("2020-11-20T12:00:00Z"), true),
        ("DateEquals", "1605873600", .instant(noon), true),
        ("DateEquals", #""1605873600""#, .number(1_605_873_600), true),
        ("DateEquals", #""2020-11-20""#, .instant(noon), false),
        ("DateEquals", #""2020-11-20T12:00:00Z""#, nil, false),
        ("DateNotEquals", #""2020-11-20""#, .instant(noon), true),
        ("DateNotEquals", #""2020-11-20T12:00:00Z""#, .instant(noon), false),
        ("DateNotEquals", #""2020-11-20""#, .text("soon"), false),
        ("DateLessThan", #""2020-11-21""#, .instant(noon), true),
        ("DateLessThan", #""2020-11-20T12:00:00Z""#, .instant(noon), false),
        ("DateLessThan", #""2021""#, .instant(noon), true),
        ("DateLessThanEquals", #""2020-11-20T12:00:00Z""#, .instant(noon), true),
        ("DateLessThanEquals", #""2020-11-20T11:59:59.999Z""#, .instant(noon), false),
        ("DateGreaterThan", #""2020-11""#, .instant(noon), true),
        ("DateGreaterThan", #""2020-12""#, .instant(noon), false),
        ("DateGreaterThan", #""1970-01-01T00:00:00Z""#, .instant(noon), true),
        ("DateGreaterThanEquals", #""2020-11-20T12:00:00Z""#, .instant(noon), true),
        ("DateGreaterThanEquals", #""2020-11-20T12:00:00Z""#, nil, false),
        ("DateGreaterThanIfExists", #""2020-11-20T12:00:00Z""#, nil, true),
    ]

    static let kinds: [Case] = [
        ("Bool", #""true""#, .flag(true), true),
        ("Bool", #""true""#, .flag(false), false),
        ("Bool", "false", .flag(false), true),
        ("Bool", "true", .text("true"), true),
        ("Bool", "true", .text("TRUE"), true),
        ("Bool", "true", nil, false),
        ("Bool", "false", nil, false),
        ("BoolIfExists", "false", nil, true),
        ("BoolIfExists", "false", .flag(true), false),
        ("Bool", #"["true","false"]"#, .flag(false), true),
        ("BinaryEquals", #""QmluYXJ5VmFsdWVJbkJhc2U2NA==""#, .bytes(Array("BinaryValueInBase64".utf8)), true),
        ("BinaryEquals", #""QmluYXJ5VmFsdWVJbkJhc2U2NA==""#, .bytes(Array("BinaryValue".utf8)), false),
        ("BinaryEquals", #""AAE=""#, .text("AAE="), true),
        ("BinaryEquals", #""AAE=""#, nil, false),
    ]

    static let addresses: [Case] = [
        ("IpAddress", #""203.0.113.0/24""#, .text("203.0.113.7"), true),
        ("IpAddress", #""203.0.113.0/24""#, .text("203.0.114.7"), false),
        ("IpAddress", #""203.0.113.9/24""#, .text("203.0.113.7"), true),
        ("IpAddress", #""203.0.113.7""#, .text("203.0.113.7"), true),
        ("IpAddress", #""203.0.113.7""#, .text("203.0.113.8"), false),
        ("IpAddress", #""0.0.0.0/0""#, .text("198.51.100.1"), true),
        ("IpAddress", #""0.0.0.0/0""#, .text("2001:db8::1"), false),
        ("IpAddress", #""::/0""#, .text("2001:db8::1"), true),
        ("IpAddress", #""::/0""#, .text("198.51.100.1"), false),
        ("IpAddress", #""203.0.113.0/31""#, .text("203.0.113.1"), true),
        ("IpAddress", #""203.0.113.0/31""#, .text("203.0.113.2"), false),
        ("IpAddress", #""2001:DB8:1234:5678::/64""#, .text("2001:db8:1234:5678:9::1"), true),
        ("IpAddress", #""2001:DB8:1234:5678::/64""#, .text("2001:db8:1234:5679::1"), false),
        ("IpAddress", #""2001:db8::1""#, .text("2001:0db8:0:0:0:0:0:1"), true),
        ("IpAddress", #""203.0.113.0/24""#, .text("::ffff:203.0.113.7"), true),
        ("IpAddress", #""::ffff:203.0.113.0/120""#, .text("203.0.113.7"), true),
        ("IpAddress", #"["203.0.113.0/24","2001:db8::/32"]"#, .text("2001:db8::5"), true),
        ("IpAddress", #""203.0.113.0/24""#, .text("203.0.113.07"), false),
        ("IpAddress", #""203.0.113.0/24""#, .text("unknown"), false),
        ("IpAddress", #""203.0.113.0/24""#, nil, false),
        ("NotIpAddress", #""203.0.113.0/24""#, .text("203.0.113.7"), false),
        ("NotIpAddress", #""203.0.113.0/24""#, .text("::ffff:cb00:7107"), false),
        ("NotIpAddress", #""203.0.113.0/24""#, .text("198.51.100.1"), true),
        ("NotIpAddress", #"["203.0.113.0/24","198.51.100.0/24"]"#, .text("198.51.100.1"), false),
        ("NotIpAddress", #""203.0.113.0/24""#, .text("unknown"), false),
        ("NotIpAddress", #""203.0.113.0/24""#, nil, true),
        ("IpAddressIfExists", #""203.0.113.0/24""#, nil, true),
    ]

    static let arns: [Case] = [
        ("ArnEquals", #""arn:aws:sns:us-east-1:111122223333:t""#, .text("arn:aws:sns:us-east-1:111122223333:t"), true),
        ("ArnEquals", #""arn:aws:sns:*:111122223333:t""#, .text("arn:aws:sns:us-east-1:111122223333:t"), true),
        ("ArnLike", #""arn:aws:sns:*:*:t*""#, .text("arn:aws:sns:us-east-1:111122223333:topic"), true),
        ("ArnLike", #""arn:aws:sns:*:*:t*""#, .text("arn:aws:sqs:us-east-1:111122223333:topic"), false),
        (
            "ArnLike", #""arn:aws:svc:*:111122223333:fin/*""#,
            .text("arn:aws:svc:us-east-2:999999999999:store/abc:111122223333:fin/doc"), false
        ),
        (
            "StringLike", #""arn:aws:svc:*:111122223333:fin/*""#,
            .text("arn:aws:svc:us-east-2:999999999999:store/abc:111122223333:fin/doc"), true
        ),
        ("ArnLike", #""arn:aws:iam::*:user/${aws:username}""#, .text("arn:aws:iam::1:user/ada"), true),
        ("ArnEquals", #""${aws:PrincipalArn}""#, .text("arn:aws:iam::111122223333:user/team/ada"), true),
        ("ArnEquals", #""${aws:PrincipalArn}""#, .text("arn:aws:iam::111122223333:user/team/bob"), false),
        ("ArnLike", #""nonsense""#, .text("nonsense"), false),
        ("ArnLike", #""arn:aws:sns:us-east-1:111122223333:t""#, .text("t"), false),
        ("ArnLike", #""arn:aws:sns:us-east-1:111122223333:t""#, nil, false),
        ("ArnNotEquals", #""arn:aws:sns:us-east-1:111122223333:t""#, nil, true),
        ("ArnNotEquals", #""arn:aws:sns:*:*:t""#, .text("arn:aws:sns:us-east-1:111122223333:t"), false),
        ("ArnNotLike", #""arn:aws:sns:*:*:t""#, .text("arn:aws:sns:us-east-1:111122223333:u"), true),
        ("ArnNotLikeIfExists", #""arn:aws:sns:*:*:t""#, nil, true),
        ("ArnEqualsIfExists", #""arn:aws:sns:*:*:t""#, nil, true),
    ]

    static let absence: [Case] = [
        ("Null", #""true""#, nil, true),
        ("Null", #""true""#, .text("a"), false),
        ("Null", "false", nil, false),
        ("Null", "false", .text("a"), true),
        ("Null", "false", .text(""), true),
        ("Null", "true", .texts([]), true),
        ("Null", "false", .texts(["a"]), true),
        ("Null", "[true,false]", nil, true),
    ]

    static let sets: [Case] = [
        ("ForAllValues:StringEquals", #"["a","b"]"#, .texts(["a"]), true),
        ("ForAllValues:StringEquals", #"["a","b"]"#, .texts(["a", "b"]), true),
        ("ForAllValues:StringEquals", #"["a","b"]"#, .texts(["a", "c"]), false),
        ("ForAllValues:StringEquals", #"["a","b"]"#, .texts([]), true),
        ("ForAllValues:StringEquals", #"["a","b"]"#, .texts([""]), true),
        ("ForAllValues:StringEquals", #"["a","b"]"#, nil, true),
        ("ForAllValues:StringEquals", #"["a","b"]"#, .text("a"), true),
        ("ForAllValues:StringEquals", #"["a","b"]"#, .text("c"), false),
        ("ForAllValues:StringLike", #"["key1*"]"#, .texts(["key1-x", "key1"]), true),
        ("ForAllValues:StringLike", #"["key1*"]"#, .texts(["key1-x", "key2"]), false),
        ("ForAllValues:StringNotEquals", #"["a","b"]"#, .texts(["c", "d"]), true),
        ("ForAllValues:StringNotEquals", #"["a","b"]"#, .texts(["c", "a"]), false),
        ("ForAllValues:StringNotEquals", #"["a","b"]"#, nil, true),
        ("ForAnyValue:StringEquals", #"["a","b"]"#, .texts(["a", "c"]), true),
        ("ForAnyValue:StringEquals", #"["a","b"]"#, .texts(["c", "d"]), false),
        ("ForAnyValue:StringEquals", #"["a","b"]"#, .texts([]), false),
        ("ForAnyValue:StringEquals", #"["a",""]"#, .texts([""]), false),
        ("ForAnyValue:StringEquals", #"["a","b"]"#, nil, false),
        ("ForAnyValue:StringLike", #""*""#, .texts(["a"]), true),
        ("ForAnyValue:StringNotEquals", #"["a","b"]"#, .texts(["a", "c"]), true),
        ("ForAnyValue:StringNotEquals", #"["a","b"]"#, .texts(["a", "b"]), false),
        ("ForAnyValue:StringNotEquals", #"["a","b"]"#, nil, false),
        ("ForAnyValue:StringEqualsIfExists", #""a""#, nil, false),
        ("ForAllValues:ArnLike", #""arn:aws:sns:*:*:t""#, .texts(["arn:aws:sns:r:1:t", "arn:aws:sns:s:2:t"]), true),
        ("ForAllValues:NumericLessThan", "5", .texts(["1", "4"]), true),
        ("ForAllValues:NumericLessThan", "5", .texts(["1", "6"]), false),
        ("forallvalues:bool", "true", .texts(["true", "true"]), true),
        // A key of several values without a set operator allows only what all of them satisfy.
        ("StringEquals", #""a""#, .texts(["a"]), true),
        ("StringEquals", #""a""#, .texts(["a", "b"]), false),
        ("StringNotEquals", #""a""#, .texts(["a", "b"]), false),
    ]

    @Test func `all operators, all keys, one of the values`() throws {
        let condition = #"{"StringEquals":{"x:a":["1","2"],"x:b":"3"},"NumericLessThan":{"x:c":5}}"#
        let good: [String: ContextValue] = ["x:a": .text("2"), "x:b": .text("3"), "x:c": .number(4)]
        #expect(try allows([statement(if: condition)], World.request(), good))
        for key in good.keys {
            var bad = good
            bad[key] = .text("9")
            #expect(try allows([statement(if: condition)], World.request(), bad) == false)
            bad[key] = nil
            #expect(try allows([statement(if: condition)], World.request(), bad) == false)
        }
    }

    @Test func `keys are the same in whatever case, and tags too`() throws {
        let condition = #"{"StringEquals":{"AWS:principaltag/TEAM":"blue"}}"#
        let authorization = try Authorization(identity: [policy([statement(if: condition)])])
        let decision = authorization.decide(World.request()) { key in
            key.name == "aws:principaltag" && key.tag == "team" ? .text("blue") : nil
        }
        #expect(decision.isAllowed)
    }

    @Test func `nobody can say who asks but the request`() throws {
        for (key, value) in [
            ("aws:username", "ada"), ("aws:PrincipalAccount", "111122223333"), ("aws:PrincipalType", "User"),
            ("aws:PrincipalArn", "arn:aws:iam::111122223333:user/team/ada"), ("aws:PrincipalIsAWSService", "false"),
        ] {
            let condition = #"{"StringEquals":{"\#(key)":"\#(value)"}}"#
            let authorization = try Authorization(identity: [policy([statement(if: condition)])])
            #expect(authorization.decide(World.request()) { _ in .text("forged") }.isAllowed, "\(key)")
        }
    }

    @Test func `a request is asked for nothing that no statement in question names`() throws {
        let conditions = [
            statement("Allow", #""Action":"s3:*""#, if: #"{"Bool":{"aws:SecureTransport":"true"}}"#),
            statement("Allow", #""Action":"lambda:*""#),
        ]
        let authorization = try Authorization(identity: [policy(conditions)])
        let decision = authorization.decide(World.request()) { key in
            Issue.record("\(key.text) is asked for")
            return nil
        }
        #expect(decision.isAllowed)
    }

    @Test func `where it cannot be told, a denial holds`() throws {
        for (condition, given) in [
            (#"{"NotIpAddress":{"x:key":"203.0.113.0/24"}}"#, ContextValue.text("unknown")),
            (#"{"NumericNotEquals":{"x:key":"1"}}"#, .text("one")),
            (#"{"StringEquals":{"x:key":"a"}}"#, .texts(["a", "b"])),
            (#"{"StringNotEquals":{"x:key":"a"}}"#, .texts(["a", "b"])),
        ] {
            let statements = [statement(), statement("Deny", if: condition)]
            #expect(try allows(statements, World.request(), ["x:key": given]) == false, "\(condition)")
        }
        let any = #"{"ForAnyValue:StringEqualsIfExists":{"x:key":"a"}}"#
        #expect(try allows([statement(), statement("Deny", if: any)], World.request()) == false)
    }
}
