import Core
import Egress
import Testing

@testable import martlet

struct EgressCommandTests {
    @Test(arguments: [
        ("api.example.com", "api.example.com", 443), ("api.example.com:8443", "api.example.com", 8443),
        ("*.example.com", "*.example.com", 443), ("2001:db8::7", "2001:db8::7", 443),
        ("[2001:db8::7]:8443", "2001:db8::7", 8443), ("192.0.2.7:25", "192.0.2.7", 25),
    ])
    func `a host and a port become a rule that can be kept`(_ target: String, _ host: String, _ port: Int) throws {
        let rule = EgressAllow.rule(target, .tls)
        #expect(rule["host"]?.string == host)
        #expect(rule["ports"]?.array?.first?.integer == Int64(port))
        #expect(throws: Never.self) { try EgressRule.list(parsing: JSON.array([rule]).text) }
    }

    @Test func `plain HTTP has its own usual port`() {
        #expect(EgressAllow.rule("a.example", .http)["ports"]?.array?.first?.integer == 80)
    }
}
