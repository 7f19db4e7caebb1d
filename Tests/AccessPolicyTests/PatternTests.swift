import AccessPolicy
import Testing

/// Which actions and resources a statement speaks of.
struct PatternTests {
    @Test(arguments: Self.actions) func `actions match without regard to case`(
        _ pattern: String, _ action: String, _ matches: Bool
    ) throws {
        let request = World.request(World.ada, action)
        #expect(try allows([statement("Allow", #""Action":\#(quoted(pattern))"#)], request) == matches)
        // What is not meant by the action is meant by its negation, and the other way round.
        #expect(try allows([statement("Allow", #""NotAction":\#(quoted(pattern))"#)], request) == !matches)
    }

    static let actions: [(String, String, Bool)] = [
        ("*", "lambda:InvokeFunction", true),
        ("lambda:InvokeFunction", "lambda:InvokeFunction", true),
        ("lambda:invokefunction", "lambda:InvokeFunction", true),
        ("LAMBDA:INVOKEFUNCTION", "lambda:InvokeFunction", true),
        ("Lambda:InvokeFunction", "lambda:INVOKEFUNCTION", true),
        ("lambda:InvokeFunctio", "lambda:InvokeFunction", false),
        ("lambda:InvokeFunctions", "lambda:InvokeFunction", false),
        ("lambda:*", "lambda:InvokeFunction", true),
        ("lambda:*", "lambda2:InvokeFunction", false),
        ("lambda:*", "sqs:SendMessage", false),
        ("lambda:Invoke*", "lambda:InvokeFunction", true),
        ("lambda:Invoke*", "lambda:InvokeAsync", true),
        ("lambda:Invoke*", "lambda:Invoke", true),
        ("lambda:Invoke*", "lambda:ListFunctions", false),
        ("lambda:*Function", "lambda:InvokeFunction", true),
        ("lambda:*Function", "lambda:GetFunctionUrl", false),
        ("lambda:*function*", "lambda:GetFunctionUrl", true),
        ("lambda:Get*Url", "lambda:GetFunctionUrl", true),
        ("lambda:G*n*l", "lambda:GetFunctionUrl", true),
        ("lambda:G*l*n", "lambda:GetFunctionUrl", false),
        ("lambda:?nvokeFunction", "lambda:InvokeFunction", true),
        ("lambda:?InvokeFunction", "lambda:InvokeFunction", false),
        ("lambda:Invoke????????", "lambda:InvokeFunction", true),
        ("lambda:Invoke???????", "lambda:InvokeFunction", false),
        ("lambda:Invoke?????????", "lambda:InvokeFunction", false),
        ("lambda:**Function", "lambda:InvokeFunction", true),
        ("lambda:*?", "lambda:I", true),
        ("s3:Get*", "s3:GetObject", true),
        ("s3:Get*", "s3:getobject", true),
        ("s3:Get*", "s3-outposts:GetObject", false),
        ("iam:*AccessKey*", "iam:CreateAccessKey", true),
        ("iam:*AccessKey*", "iam:ListAccessKeys", true),
        ("iam:*AccessKey*", "iam:ListUsers", false),
        ("iam:*Report", "iam:GenerateCredentialReport", true),
        ("iam:*Report", "iam:GetReports", false),
    ]

    @Test(arguments: Self.resources) func `resources match segment by segment, and freely behind the fifth colon`(
        _ pattern: String, _ resource: String, _ matches: Bool
    ) throws {
        let request = World.request(on: resource)
        #expect(try allows([statement(on: #""Resource":\#(quoted(pattern))"#)], request) == matches)
        #expect(try allows([statement(on: #""NotResource":\#(quoted(pattern))"#)], request) == !matches)
    }

    static let resources: [(String, String, Bool)] = [
        ("*", "*", true),
        ("*", "arn:aws:s3:::bucket/key", true),
        ("**", "arn:aws:s3:::bucket/key", true),
        ("arn:aws:s3:::bucket/key", "arn:aws:s3:::bucket/key", true),
        ("arn:aws:s3:::bucket/key", "arn:aws:s3:::bucket/Key", false),
        ("arn:aws:s3:::bucket/key", "arn:aws:s3:::bucket/key2", false),
        ("arn:aws:s3:::bucket/key", "arn:aws:s3:::bucket/ke", false),
        ("arn:aws:s3:::bucket/key", "*", false),
        ("arn:aws:s3:::bucket/*", "arn:aws:s3:::bucket/key", true),
        ("arn:aws:s3:::bucket/*", "arn:aws:s3:::bucket/", true),
        ("arn:aws:s3:::bucket/*", "arn:aws:s3:::bucket", false),
        ("arn:aws:s3:::bucket/*", "arn:aws:s3:::bucket/a/b/c", true),
        ("arn:aws:s3:::bucket/*/test/*", "arn:aws:s3:::bucket/1/test/object.jpg", true),
        ("arn:aws:s3:::bucket/*/test/*", "arn:aws:s3:::bucket/1/2/test/3/object.jpg", true),
        ("arn:aws:s3:::bucket/*/test/*", "arn:aws:s3:::bucket/1///test///object.jpg", true),
        ("arn:aws:s3:::bucket/*/test/*", "arn:aws:s3:::bucket//test/object.jpg", true),
        ("arn:aws:s3:::bucket/*/test/*", "arn:aws:s3:::bucket/1/test/", true),
        ("arn:aws:s3:::bucket/*/test/*", "arn:aws:s3:::bucket/1-test/object.jpg", false),
        ("arn:aws:s3:::bucket/*/test/*", "arn:aws:s3:::bucket/test/object.jpg", false),
        ("arn:aws:s3:::bucket/*/test/*", "arn:aws:s3:::bucket/1/2/test.jpg", false),
        ("arn:aws:s3:::*log*", "arn:aws:s3:::carlos-logs", true),
        ("arn:aws:s3:::*log*", "arn:aws:s3:::carlos", false),
        ("arn:aws:lambda:*:*:function:orders", World.function, true),
        ("arn:aws:lambda:us-*:111122223333:function:orders", World.function, true),
        ("arn:aws:lambda:eu-*:111122223333:function:orders", World.function, false),
        ("arn:aws:lambda:us-east-?:1111????3333:function:orders", World.function, true),
        ("arn:aws:lambda:us-east-1:111122223333:function:*", World.function, true),
        ("arn:aws:lambda:us-east-1:111122223333:function:orders:*", World.function, false),
        ("arn:aws:lambda:us-east-1:111122223333:function:orders:*", World.function + ":PROD", true),
        ("arn:aws:lambda:us-east-1:111122223333:function:orders", World.function + ":PROD", false),
        ("arn:aws:lambda:us-east-1:111122223333:function:orders*", World.function + ":PROD", true),
        ("arn:aws:lambda:us-east-1:111122223333:*:PROD", World.function + ":PROD", true),
        // A run before the fifth colon stays in its segment.
        ("arn:aws:lambda:*:function:orders", World.function, false),
        ("arn:aws:svc:*:111122223333:fin/*", "arn:aws:svc:us-east-2:999999999999:x:111122223333:fin/doc", false),
        ("arn:aws:svc:*:999999999999:*fin/*", "arn:aws:svc:us-east-2:999999999999:x:111122223333:fin/doc", true),
        ("arn:aws:svc:?:999999999999:a", "arn:aws:svc:::999999999999:a", false),
        ("arn:aws:svc:*:*:a", "arn:aws:svc:::a", true),
        ("arn:*:svc:::a", "arn:aws-cn:svc:::a", true),
        ("arn:aws:*:::a", "arn:aws:svc:::a", true),
        // The last run of a pattern that ends early stands for all the rest.
        ("arn:aws:lambda:*", World.function, true),
        ("arn:aws:s3:*", World.function, false),
        ("arn:aws:lambda:us-east-1:*", World.function, true),
        ("arn:aws:lamb*", World.function, true),
        ("arn:*", World.function, true),
        ("arn:aws:iam::111122223333:user/accounting/*", "arn:aws:iam::111122223333:user/accounting/bob", true),
        ("arn:aws:iam::111122223333:user/accounting/*", "arn:aws:iam::111122223333:user/sales/bob", false),
        // A question mark is one character, however many bytes it has.
        ("arn:aws:s3:::b/?", "arn:aws:s3:::b/é", true),
        ("arn:aws:s3:::b/?", "arn:aws:s3:::b/€", true),
        ("arn:aws:s3:::b/??", "arn:aws:s3:::b/€", false),
        ("arn:aws:s3:::b/*??", "arn:aws:s3:::b/€", false),
        ("arn:aws:s3:::b/?x", "arn:aws:s3:::b/😀x", true),
        ("arn:aws:s3:::b/?", "arn:aws:s3:::b/", false),
        // Bytes, not Unicode's equivalences.
        ("arn:aws:s3:::b/\u{E9}", "arn:aws:s3:::b/e\u{301}", false),
        ("arn:aws:s3:::b/e\u{301}", "arn:aws:s3:::b/e\u{301}", true),
        ("arn:aws:s3:::b/a*a*a*b", "arn:aws:s3:::b/aaaaaaab", true),
        ("arn:aws:s3:::b/a*a*a*b", "arn:aws:s3:::b/aaaaaaa", false),
        ("arn:aws:s3:::b/*ab", "arn:aws:s3:::b/aab", true),
        ("arn:aws:s3:::b/*aab?", "arn:aws:s3:::b/aaaabc", true),
    ]

    @Test func `of several actions and resources one is enough`() throws {
        let both = #""Action":["s3:Get*","lambda:Invoke*"]"#
        let resources = #""Resource":["arn:aws:s3:::b/*","arn:aws:lambda:*:*:function:orders"]"#
        #expect(try allows([statement("Allow", both, on: resources)], World.request()))
        #expect(
            try allows([statement("Allow", both, on: resources)], World.request(World.ada, "s3:PutObject")) == false)
        let except = #""NotAction":["s3:*","lambda:*"]"#
        #expect(try allows([statement("Allow", except)], World.request()) == false)
        #expect(try allows([statement("Allow", except)], World.request(World.ada, "sqs:SendMessage")))
    }
}
