import Core
import TestSupport
import Testing

@testable import Gateway

/// What hostile clients send: each ends in a 4xx that says why, and leaves the rest alone.
@Suite struct LambdaAttackTests {
    let lambda = LambdaFixture()
    let path = LambdaFixture.functionsPath

    @Test(arguments: [
        "..", "%2E%2E", "..%2F..%2Fetc%2Fpasswd", "a%00b", "%FF%FE", "a%0Ab", "a%20b", "%F0%9F%90%A6",
        "arn%3Aaws%3Alambda%3Aus-east-1%3A000000000000%3Afunction%3A..", String(repeating: "a", count: 65),
        String(repeating: "a", count: 100_000), "a%3Ab%3Ac%3Ad%3Ae", "%3A%3A%3A", "f%3A%24LATEST.PUBLISHED", "-%2F-",
    ])
    func `a name that is none is refused`(name: String) async throws {
        for (method, target) in [
            ("GET", "\(path)/\(name)/configuration"), ("PUT", "\(path)/\(name)/configuration"),
            ("DELETE", "\(path)/\(name)/aliases/live"), ("GET", "\(path)/f/aliases/\(name)"),
            ("GET", "\(path)/f/policy?Qualifier=\(name)"), ("GET", "/2018-10-31/layers/\(name)/versions/1"),
            ("GET", "/2017-03-31/tags/\(name)"),
        ] {
            let answer = try await lambda.send(method, target)
            #expect((400..<500).contains(answer.status), "\(method) \(target.prefix(200)) \(answer)")
        }
    }

    @Test(arguments: [
        "", "x", "{", "[]", "null", "\"\"", "{\"FunctionName\":1}", "{\"FunctionName\":\"f\"}",
        "{\"FunctionName\":\"f\",\"Code\":[]}", "{\"FunctionName\":\"f\",\"Code\":{\"ZipFile\":\"%%%\"}}",
        String(repeating: "[", count: 100_000), "{\"a\":" + String(repeating: "{\"a\":", count: 100_000),
    ])
    func `a body that is no request is refused`(body: String) async throws {
        let answer = try await lambda.send("POST", path, raw: Array(body.utf8))
        #expect((400..<500).contains(answer.status), "\(answer)")
        let bytes = try await lambda.send("POST", path, raw: Array(body.utf8) + [0xFF, 0xC0, 0x80])
        #expect((400..<500).contains(bytes.status))
    }

    @Test func `a zip that attacks is refused, and the function is not made`() async throws {
        var bomb = ZipBuilder.Entry("bomb", "x")
        bomb.declaredSize = 2_000_000_000
        for zip in [
            ZipBuilder([.init("../x", "")]).bytes, ZipBuilder([.init("/x", "")]).bytes,
            ZipBuilder([.init("link", "/etc/passwd", mode: 0o120777)]).bytes, ZipBuilder([bomb]).bytes, [],
            Array("not a zip".utf8), [UInt8](repeating: 0x50, count: 100),
        ] {
            let answer = try await lambda.send(
                "POST", path, LambdaFixture.function("f", [("Code", ["ZipFile": .string(Base64.encode(zip))])]))
            #expect(answer.status == 400, "\(answer)")
            #expect(answer.code == "InvalidParameterValueException")
        }
        #expect(try await lambda.send("GET", "\(path)/f").status == 404)
    }

    @Test(
        arguments: [
            ("Timeout", 901), ("Timeout", 0), ("Timeout", -1), ("Timeout", 9_223_372_036_854_775_807),
            ("MemorySize", 127),
            ("MemorySize", 10_241), ("EphemeralStorage", ["Size": 511]), ("Role", "arn:aws:iam::1:role/x"),
            ("Role", "x"), ("Environment", ["Variables": ["AWS_REGION": "x"]]),
            ("Environment", ["Variables": ["A=B": "x"]]), ("Environment", ["Variables": ["AB": "a\u{0}b"]]),
            ("Environment", ["Variables": ["AB": .string(String(repeating: "x", count: 5000))]]),
            ("Layers", ["arn:aws:lambda:us-east-1:000000000000:layer:../x:1"]),
            ("Layers", ["arn:aws:lambda:us-east-1:123456789012:layer:x:1"]),
            ("Layers", ["arn:aws:lambda:us-east-1:000000000000:layer:x:99999999999999999999"]),
            ("LoggingConfig", ["LogGroup": "a b"]), ("LoggingConfig", ["LogFormat": "Text", "SystemLogLevel": "WARN"]),
            ("Architectures", ["arm64", "x86_64"]), ("Handler", "a b"), ("Tags", ["": "x"]), ("Tags", ["aws:x": "y"]),
            ("Description", .string(String(repeating: "ü", count: 257))), ("Runtime", "python3.99"),
        ] as [(String, JSON)])
    func `a value out of its bounds is refused`(member: String, value: JSON) async throws {
        let answer = try await lambda.send("POST", path, LambdaFixture.function("f", [(member, value)]))
        #expect(answer.status == 400, "\(answer)")
        let codes = ["InvalidParameterValueException", "ValidationException", "InvalidRequestContentException"]
        #expect(codes.contains(answer.code ?? ""), "\(answer)")
        #expect(!answer.message.isEmpty)
    }

    @Test func `markers and sizes that are none are refused or bounded`() async throws {
        try await lambda.create("f")
        for marker in ["!", "%FF", "AAAA%00", "Li4vLi4v", "bm8vMQ%3D%3D"] {
            for target in [path, "\(path)/f/versions", "\(path)/f/aliases", "\(path)?FunctionVersion=ALL"] {
                let answer = try await lambda.send(
                    "GET", target + (target.contains("?") ? "&" : "?") + "Marker=\(marker)")
                #expect((200..<500).contains(answer.status), "\(target) \(marker) \(answer)")
            }
        }
        for size in ["0", "-1", "x", "99999999999999999999"] {
            #expect(try await lambda.send("GET", "\(path)?MaxItems=\(size)").status == 400)
        }
    }

    @Test func `weights that are no numbers are refused`() async throws {
        try await lambda.create("f", [("Publish", true)])
        for weights in [
            "{\"2\":2}", "{\"2\":-1}", "{\"2\":\"NaN\"}", "{\"x\":0.5}", "{\"1\":0.5}", "{\"2\":0.5}", "[]",
        ] {
            let body =
                "{\"Name\":\"live\",\"FunctionVersion\":\"1\",\"RoutingConfig\":{\"AdditionalVersionWeights\":\(weights)}}"
            let answer = try await lambda.send("POST", "\(path)/f/aliases", raw: Array(body.utf8))
            #expect((400..<500).contains(answer.status), "\(weights) \(answer)")
        }
    }
}
