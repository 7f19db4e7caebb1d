import Core
import Testing

@testable import Platform

struct GovernorScopeTests {
    @Test func `a call belongs to its scopes and to no other`() throws {
        let lineage = LineageID()
        let call = try GovernorFixture.call(kind: .outbound, target: "example.org", lineage: lineage)
        let own: [GovernorScope] = [
            .everything, .kind(.outbound), .function(try GovernorFixture.function("resize")), .target("example.org"),
            .lineage(lineage),
        ]
        let others: [GovernorScope] = [
            .kind(.event), .function(try GovernorFixture.function("resized")), .target("example.com"),
            .lineage(LineageID()),
        ]
        for scope in own { #expect(scope.contains(call), "\(scope)") }
        for scope in others { #expect(!scope.contains(call), "\(scope)") }
    }
}
