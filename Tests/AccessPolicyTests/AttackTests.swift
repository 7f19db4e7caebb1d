import AccessPolicy
import Core
import Testing

/// Policies and requests that mean harm: each must end soon, and open nothing.
struct AttackTests {
    /// As long as an unoptimised build on a busy machine may take; what is exponential takes for ever.
    private static let patience = Duration.seconds(10)

    private func soon(_ body: () throws -> Void) throws {
        let start = ContinuousClock.now
        try body()
        #expect(ContinuousClock.now - start < Self.patience)
    }

    @Test func `ten thousand stars are one`() throws {
        let stars = String(repeating: "*", count: 10_000)
        try soon { () throws in
            let text = statement(on: #""Resource":"arn:aws:s3:::\#(stars)b""#)
            #expect(
                try allows([text], World.request(on: "arn:aws:s3:::" + String(repeating: "a", count: 10_000) + "b")))
            #expect(try !allows([text], World.request(on: "arn:aws:s3:::" + String(repeating: "a", count: 10_000))))
            let action = statement("Allow", #""Action":"lambda:\#(stars)x""#)
            #expect(try !allows([action], World.request()))
        }
    }

    @Test func `nested stars and question marks cost no more than text times piece`() throws {
        for piece in ["*a", "*?", "*a?", "*aaaaaaaaab", "?*"] {
            let pattern = String(repeating: piece, count: 10_000 / piece.utf8.count)
            let text = statement(on: #""Resource":"arn:aws:s3:::\#(pattern)z""#)
            try soon { () throws in
                let resource = "arn:aws:s3:::" + String(repeating: "a", count: 20_000)
                #expect(try !allows([text], World.request(on: resource)))
            }
        }
        let long = statement(on: #""Resource":"arn:aws:s3:::*\#(String(repeating: "a", count: 2000))b*c""#)
        try soon { () throws in
            let resource = "arn:aws:s3:::" + String(repeating: "a", count: 4000) + "c"
            #expect(try !allows([long], World.request(on: resource)))
        }
    }

    @Test func `huge sets of values end`() throws {
        let values = (0..<5000).map { "\"v\($0)*\"" }.joined(separator: ",")
        let condition = #"{"ForAllValues:StringLike":{"x:key":[\#(values)]}}"#
        let given = ContextValue.texts((0..<200).map { "w\($0)" } + ["v1"])
        try soon { () throws in
            #expect(try !allows([statement(if: condition)], World.request(), ["x:key": given]))
        }
        let keys = (0..<2000).map { "\"x:k\($0)\":[]" }.joined(separator: ",")
        try soon { () throws in
            let policy = try Policy(
                parsing: document([statement(if: "{\"StringEquals\":{\(keys)}}")]), use: .identity)
            #expect(policy.warnings(knownServices: []).count == 2000)
        }
    }

    @Test func `variables do not multiply`() throws {
        let pattern = String(repeating: "${x:v}", count: 5000)
        let text = statement(on: #""Resource":"arn:aws:s3:::\#(pattern)""#)
        let large = ContextValue.text(String(repeating: "a", count: 1_000_000))
        try soon { () throws in #expect(try !allows([text], World.request(on: "arn:aws:s3:::a"), ["x:v": large])) }
        try soon { () throws in #expect(try !allows([text], World.request(on: "arn:aws:s3:::a"), ["x:v": .text("")])) }
    }

    @Test func `deep and broken documents are refused`() {
        for text in [
            String(repeating: "[", count: 60_000), String(repeating: #"{"Statement":"#, count: 5000),
            #"{"Statement":{"Condition":{"a":{"b":[[[[1]]]]}}}}"#, "\u{0}", "{\"Statement\":\u{0}}",
            #"{"Statement":"\ud800"}"#, "\u{FEFF}{}",
        ] {
            for use in [Policy.Use.identity, .resource, .trust] {
                #expect(throws: PolicyFlaw.self) { try Policy(parsing: text, use: use) }
            }
        }
        #expect(throws: PolicyFlaw.self) { try Policy(parsing: [0x22, 0xFF, 0x22], use: .identity) }
    }

    @Test func `a NUL ends nothing`() throws {
        let text = statement(on: #""Resource":"arn:aws:s3:::b/a\u0000""#)
        #expect(try allows([text], World.request(on: "arn:aws:s3:::b/a\u{0}")))
        #expect(try !allows([text], World.request(on: "arn:aws:s3:::b/a")))
        #expect(try !allows([text], World.request(on: "arn:aws:s3:::b/a\u{0}c")))
        let action = document([statement("Allow", #""Action":"s3:Get\u0000""#)])
        #expect(throws: PolicyFlaw.self) { try Policy(parsing: action, use: .identity) }
    }

    @Test func `characters that look alike are not`() throws {
        // The Kelvin sign is K, and the Turkish dotless letter is i, only for those who fold by Unicode.
        let keys = statement("Allow", #""Action":"kms:*""#)
        #expect(try !allows([keys], World.request(World.ada, "\u{212A}ms:Decrypt")))
        let folded = statement(if: #"{"StringEqualsIgnoreCase":{"x:k":"kit"}}"#)
        #expect(try !allows([folded], World.request(), ["x:k": .text("\u{212A}it")]))
        #expect(try !allows([folded], World.request(), ["x:k": .text("K\u{131}t")]))
        let wide = statement(on: #""Resource":"arn:aws:s3:::b/\uff0a""#)
        #expect(try !allows([wide], World.request(on: "arn:aws:s3:::b/x")))
        #expect(throws: PolicyFlaw.self) {
            try Policy(parsing: document([statement("Allow", #""Action":"\#("\u{FF0A}")""#)]), use: .identity)
        }
        let combined = document([statement(to: "\"*\u{301}\"")])
        #expect(throws: PolicyFlaw.self) { try Policy(parsing: combined, use: .resource) }
    }

    @Test func `numbers of any size are compared and not computed`() throws {
        for (value, given, holds) in [
            ("1e100000", "1e99999", true), ("1e99999", "1e100000", false), ("-1e99999", "-1e100000", true),
            (String(repeating: "9", count: 5000), String(repeating: "9", count: 4999), true), ("1e100001", "1", false),
        ] {
            let condition = #"{"NumericLessThan":{"x:n":"\#(value)"}}"#
            let document = document([statement(if: condition)])
            guard let policy = try? Policy(parsing: document, use: .identity) else {
                #expect(value == "1e100001")
                continue
            }
            let authorization = Authorization(identity: [NamedPolicy("p", policy)])
            try soon { () throws in
                #expect(authorization.decide(World.request()) { _ in .text(given) }.isAllowed == holds)
            }
        }
    }

    @Test func `the smallest integer is no trap`() throws {
        for (test, value) in [
            ("NumericEquals", "1e-9223372036854775808"), ("NumericEquals", "1e9223372036854775807"),
            ("DateEquals", "-9223372036854775808"), ("DateEquals", "9223372036854775807"),
        ] {
            let condition = #"{"\#(test)":{"x:n":"\#(value)"}}"#
            #expect(throws: PolicyFlaw.self) {
                try Policy(parsing: document([statement(if: condition)]), use: .identity)
            }
            let plain = statement(if: #"{"\#(test)":{"x:n":"1"}}"#)
            #expect(try !allows([plain], World.request(), ["x:n": .text(value)]))
        }
        for number in [Int64.min, Int64.max] {
            for test in ["NumericEquals", "DateEquals"] {
                let plain = statement(if: #"{"\#(test)":{"x:n":"1"}}"#)
                #expect(try !allows([plain], World.request(), ["x:n": .number(number)]))
                #expect(try !allows([plain], World.request(), ["x:n": .instant(Instant(milliseconds: number))]))
            }
        }
    }

    @Test func `a policy without principals opens no resource`() throws {
        let identity = try policy([statement()])
        for resource in [Authorization.ResourcePolicy.of(identity), .trust(identity)] {
            for requester in [World.ada, .anonymous, World.events] {
                let decision = Authorization(resource: resource).decide(World.request(requester)) { _ in nil }
                #expect(!decision.isAllowed)
            }
        }
    }

    @Test func `an action without a service is nobody's`() throws {
        for action in ["", ":", "lambda", "lambda:", "*", "lambda:*", ":InvokeFunction"] {
            let request = World.request(World.ada, action)
            #expect(try !allows([statement("Allow", #""Action":"lambda:Invoke*""#)], request))
        }
    }

    @Test func `a resource cannot leave its segment by a colon`() throws {
        let text = statement(on: #""Resource":"arn:aws:lambda:*:111122223333:function:*""#)
        for resource in [
            "arn:aws:lambda:us-east-1:999999999999:x:111122223333:function:y",
            "arn:aws:lambda::x:111122223333:function:y", "arn:aws:lambda:us:east:111122223333:function:y",
        ] { #expect(try !allows([text], World.request(on: resource))) }
    }
}
