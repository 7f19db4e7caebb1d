import Core
import NIOCore
import Testing

@testable import Egress

struct PolicyTests {
    private func name(_ verdict: EgressPolicy.Verdict) -> String {
        switch verdict {
        case .allowed(let rule, let port): "\(rule.name):\(port)"
        case .refused(let shortfall): "\(shortfall)"
        case .unclear: "unclear"
        }
    }

    private func judge(_ policy: EgressPolicy, _ url: String, _ method: String = "GET") throws -> String {
        let target = try RequestTarget(absolute: url)
        return name(policy.judge(host: target.host, port: target.port, method: method, path: target.path))
    }

    @Test func `the more exact pattern comes first, then the function's rule, then the order`() throws {
        let function = try EgressRule.list(
            parsing: """
                [{"name":"below","host":"*.example.com"},{"name":"deep","host":"*.b.example.com"},
                {"name":"exact","host":"a.example.com"},{"name":"second","host":"a.example.com"},
                {"name":"block","host":"9.0.0.0/8"},{"name":"narrow","host":"9.9.0.0/16"},{"name":"one","host":"9.9.9.9"}]
                """)
        let account = try EgressRule.list(parsing: #"[{"name":"account","host":"a.example.com","ports":[80,81]}]"#)
        let policy = try EgressPolicy(function: function, account: account)
        #expect(try judge(policy, "http://a.example.com/") == "exact:80")
        #expect(try judge(policy, "http://a.example.com:81/") == "account:81")
        #expect(try judge(policy, "http://c.example.com/") == "below:80")
        #expect(try judge(policy, "http://c.b.example.com/") == "deep:80")
        #expect(try judge(policy, "http://b.example.com/") == "below:80")
        #expect(try judge(policy, "http://example.com/") == "host")
        #expect(try judge(policy, "http://evilexample.com/") == "host")
        #expect(try judge(policy, "http://a.example.com.evil.org/") == "host")
        #expect(try judge(policy, "http://9.9.9.9/") == "one:80")
        #expect(try judge(policy, "http://9.9.1.1/") == "narrow:80")
        #expect(try judge(policy, "http://9.1.1.1/") == "block:80")
        #expect(try judge(policy, "http://8.1.1.1/") == "host")
    }

    @Test func `a refusal says how near the nearest rule came`() throws {
        let policy = try EgressPolicy(
            function: EgressRule.list(
                parsing: """
                    [{"host":"a.b","methods":["GET"],"paths":["/v1/**"],"ports":[80,8080]},{"host":"t.b","speak":["tls"]},
                    {"host":"o.b","tls":"originate","ports":[443,8443]}]
                    """))
        #expect(try judge(policy, "http://a.b/v1/x") == "a.b:80")
        #expect(try judge(policy, "http://a.b/v2") == "path")
        #expect(try judge(policy, "http://a.b/v1/x", "POST") == "method")
        #expect(try judge(policy, "http://a.b/v1/x", "get") == "method")
        #expect(try judge(policy, "http://a.b:81/v1/x") == "port")
        #expect(try judge(policy, "http://a.b/v1/%2e%2e/v2") == "unclear")
        #expect(try judge(policy, "http://t.b/") == "speech")
        #expect(try judge(policy, "http://o.b/") == "o.b:443")
        #expect(try judge(policy, "http://o.b:8443/") == "o.b:8443")
        #expect(try judge(policy, "http://o.b:80/") == "port")
        #expect(name(policy.judge(host: try Host("a.b"), port: .https)) == "speech")
        #expect(name(policy.judge(host: try Host("t.b"), port: .https)) == "t.b:443")
        #expect(name(policy.judge(host: try Host("t.b"), port: .http)) == "port")
    }

    @Test func `addresses beyond the public ones are permitted by name only`() throws {
        func permits(_ rule: String, _ address: String) throws -> Bool {
            let rule = try #require(try EgressRule.list(parsing: "[\(rule)]").first)
            return rule.permits(try #require(IPAddressParser.v4(address) ?? IPAddressParser.v6(address)))
        }
        #expect(try permits(#"{"host":"a.b"}"#, "8.8.8.8") && !permits(#"{"host":"a.b"}"#, "10.0.0.1"))
        #expect(try permits(#"{"host":"a.b","addresses":["10.0.0.0/8"]}"#, "10.0.0.1"))
        #expect(try !permits(#"{"host":"a.b","addresses":["10.0.0.0/8"]}"#, "127.0.0.1"))
        #expect(try permits(#"{"host":"10.0.0.0/8"}"#, "10.0.0.1"))
        #expect(try !permits(#"{"host":"a.b","addresses":["169.254.0.0/16","0.0.0.0/0"]}"#, "169.254.169.254"))
        #expect(try permits(#"{"host":"169.254.169.254"}"#, "169.254.169.254"))
        #expect(try !permits(#"{"host":"a.b","addresses":["0.0.0.0/0"]}"#, "0.0.0.0"))
        #expect(try !permits(#"{"host":"a.b","addresses":["10.0.0.0/8"]}"#, "2002:a00:1::1"))
    }

    @Test func `ten thousand rules are found as fast as ten`() throws {
        func policy(_ count: Int) throws -> EgressPolicy {
            try EgressPolicy(
                function: (0..<count).map { number in
                    let host = number % 2 == 0 ? "host\(number).example.com" : "*.zone\(number).example.com"
                    return try EgressRule(["host": .string(host)])
                })
        }
        func time(_ policy: EgressPolicy) throws -> Int64 {
            let hosts = try ["host4.example.com", "a.zone5.example.com", "a.b.c.d.example.org"].map { try Host($0) }
            var best = Int64.max
            for _ in 0..<5 {
                let start = NIODeadline.now()
                for _ in 0..<2000 {
                    for host in hosts { _ = policy.judge(host: host, port: nil, method: "GET", path: "/") }
                }
                best = min(best, (NIODeadline.now() - start).nanoseconds)
            }
            return best
        }
        let (few, many) = (try time(policy(10)), try time(policy(10_000)))
        #expect(many < few * 5, "\(few) ns and \(many) ns")
    }

    @Test func `so many rules for one host that each request would suffer are refused`() throws {
        let rules = try (0...64).map { try EgressRule(["host": "a.b", "paths": .array([.string("/\($0)")])]) }
        #expect(throws: EgressRuleFault(rule: 64, reason: .tooManyForHost("a.b", limit: 64))) {
            try EgressPolicy(function: rules)
        }
    }

    @Test func `a bucket of calls fills up with time`() {
        var usage = UsageState()
        let start = NIODeadline.uptimeNanoseconds(1_000_000_000)
        #expect((0..<3).map { _ in usage.begin(2, now: start) } == [true, true, false])
        #expect(!usage.begin(2, now: start + .milliseconds(400)) && usage.begin(2, now: start + .milliseconds(600)))
        #expect((0..<3).map { _ in usage.begin(2, now: start + .hours(1)) } == [true, true, false])
    }
}
