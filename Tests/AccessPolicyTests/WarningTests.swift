import AccessPolicy
import Testing

/// What can never match is found, and what may match is left alone.
struct WarningTests {
    @Test(arguments: Self.cases) func `what can never match is named with its place`(
        _ statement: String, _ place: String, _ reason: PolicyWarning.Reason?
    ) throws {
        let use = statement.contains(#"Principal":"#) ? Policy.Use.resource : .identity
        let policy = try Policy(parsing: document(["{" + statement + "}"]), use: use)
        let expected = reason.map { [PolicyWarning(place: "Statement[0]" + place, reason: $0)] } ?? []
        #expect(policy.warnings(knownServices: ["lambda", "s3"]) == expected)
    }

    private static let all = #""Effect":"Allow","Action":"*","Resource":"*""#
    private static let resource = #""Effect":"Allow","Action":"*","Resource":"#
    private static func when(_ condition: String) -> String { all + #","Condition":{\#(condition)}"# }

    static let cases: [(String, String, PolicyWarning.Reason?)] = [
        (all, "", nil),
        (#""Effect":"Allow","Action":["s3:*","lamda:*"],"Resource":"*""#, ".Action[1]", .unknownService("lamda")),
        (#""Effect":"Allow","Action":"LAMBDA:*","Resource":"*""#, "", nil),
        (#""Effect":"Deny","NotAction":"*","Resource":"*""#, ".NotAction", .exceptsEverything),
        (#""Effect":"Deny","NotAction":"none:*","Resource":"*""#, "", nil),
        (#""Effect":"Deny","Action":"*","NotResource":["arn:aws:s3:::b","*"]"#, ".NotResource", .exceptsEverything),
        (resource + #""arn:aws:s3:::b/${aws:username}""#, "", nil),
        (resource + #""arn:aws:lambda:*""#, "", nil),
        (resource + #""arn:aws:lambda:us-*:1111*:function:*""#, "", nil),
        (resource + #""arn:gcp:s3:::b""#, ".Resource[0]", .impossibleARN(segment: "gcp")),
        (resource + #""arn:aws:S3:::b""#, ".Resource[0]", .impossibleARN(segment: "S3")),
        (resource + #""arn:aws:lambda:us east:111122223333:x""#, ".Resource[0]", .impossibleARN(segment: "us east")),
        (resource + #""arn:aws:lambda:us-east-1:1234:x""#, ".Resource[0]", .impossibleARN(segment: "1234")),
        (resource + #""arn:aws:lambda:us-east-1:function:x""#, ".Resource[0]", .impossibleARN(segment: "function")),
        (
            resource + #""arn:aws:lambda:us-east-1:1111222233334444*:x""#, ".Resource[0]",
            .impossibleARN(segment: "1111222233334444*")
        ),
        (resource + #""arn:aws:s3:::""#, ".Resource[0]", .impossibleARN(segment: "")),
        (when(#""StringEquals":{"a:b":[]}"#), ".Condition.StringEquals.a:b", .noValues),
        (when(#""StringNotEquals":{"a:b":[]}"#), "", nil),
        (when(#""ForAllValues:StringEquals":{"a:b":[]}"#), "", nil),
        (
            when(#""Null":{"a:b":"true"},"StringEquals":{"a:b":"x"}"#), ".Condition.StringEquals.a:b",
            .contradiction(key: "a:b")
        ),
        (
            when(#""StringEquals":{"A:B":"x"},"Null":{"a:b":"true"}"#), ".Condition.Null.a:b",
            .contradiction(key: "a:b")
        ),
        (when(#""Null":{"a:b":"true"},"StringEqualsIfExists":{"a:b":"x"}"#), "", nil),
        (when(#""Null":{"a:b":"true"},"StringNotEquals":{"a:b":"x"}"#), "", nil),
        (when(#""Null":{"a:b":"false"},"StringEquals":{"a:b":"x"}"#), "", nil),
        (when(#""Null":{"a:c":"true"},"StringEquals":{"a:b":"x"}"#), "", nil),
        (
            when(#""StringEquals":{"a:b":["x","y"]},"StringNotEquals":{"a:b":["y","x","z"]}"#),
            ".Condition.StringNotEquals.a:b", .contradiction(key: "a:b")
        ),
        (when(#""StringEquals":{"a:b":["x","y"]},"StringNotEquals":{"a:b":"y"}"#), "", nil),
        (
            when(#""StringEquals":{"a:b":"x"},"StringLike":{"a:b":"y*"}"#), ".Condition.StringLike.a:b",
            .contradiction(key: "a:b")
        ),
        (when(#""StringEquals":{"a:b":"${aws:username}"},"StringLike":{"a:b":"y*"}"#), "", nil),
        (
            when(#""NumericGreaterThan":{"a:b":10},"NumericLessThan":{"a:b":5}"#), ".Condition.NumericLessThan.a:b",
            .contradiction(key: "a:b")
        ),
        (when(#""NumericGreaterThanEquals":{"a:b":5},"NumericLessThanEquals":{"a:b":5}"#), "", nil),
        (
            when(#""DateGreaterThan":{"a:b":"2021-01-01"},"DateLessThan":{"a:b":"2020-01-01"}"#),
            ".Condition.DateLessThan.a:b", .contradiction(key: "a:b")
        ),
        (when(#""DateGreaterThan":{"a:b":"2020-01-01"},"DateLessThan":{"a:b":"2021-01-01"}"#), "", nil),
        (when(#""ArnLike":{"a:b":"topic"}"#), ".Condition.ArnLike.a:b", .impossibleARN(segment: "topic")),
        (when(#""ArnLike":{"a:b":"${aws:PrincipalArn}"}"#), "", nil),
        (#""Effect":"Allow","NotPrincipal":"*","Action":"*","Resource":"*""#, ".NotPrincipal", .exceptsEverything),
        (all + #","Principal":{"CanonicalUser":"79a59d"}"#, ".Principal.CanonicalUser", .unusedPrincipal("79a59d")),
    ]
}
