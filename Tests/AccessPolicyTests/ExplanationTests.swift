import AccessPolicy
import Core
import Testing

/// What `--explain` shows.
struct ExplanationTests {
    @Test func `a near miss names the condition that failed`() throws {
        let statements = [
            statement("Allow", #""Action":"s3:*""#),
            statement(if: #"{"StringEquals":{"x:a":"1","x:b":"2"},"Bool":{"x:c":"true"}}"#, sid: "Near"),
            statement("Deny", #""Action":"lambda:Delete*""#),
        ]
        let authorization = try Authorization(identity: [policy(statements, name: "mine")])
        let explanation = authorization.explain(World.request()) { key in
            key.name == "x:a" ? .text("1") : key.name == "x:b" ? .text("3") : nil
        }
        #expect(explanation.decision == .implicitlyDenied(missing: .identity))
        #expect(explanation.applied.isEmpty)
        #expect(explanation.near.count == 1)
        let near = try #require(explanation.near.first)
        #expect(near.statement.policy == "mine" && near.statement.index == 1 && near.statement.sid == "Near")
        #expect(near.effect == .allow && !near.isForOthers)
        #expect(near.failed.map(\.comparison) == ["StringEquals", "Bool"])
        #expect(near.failed.map(\.key) == ["x:b", "x:c"])
        #expect(near.failed.map(\.isAbsent) == [false, true])
    }

    @Test func `a statement for others is a near miss too`() throws {
        let resource = try policy(
            [statement(to: #"{"AWS":"444455556666"}"#), statement(to: #""*""#)], name: "r", use: .resource)
        let authorization = Authorization(resource: .of(resource))
        let explanation = authorization.explain(World.request()) { _ in nil }
        #expect(explanation.near.map(\.statement.index) == [0])
        #expect(explanation.near.map(\.isForOthers) == [true])
        #expect(explanation.applied.map(\.statement.index) == [1])
        #expect(explanation.decision.isAllowed)
    }

    @Test func `all policies are explained, in their order`() throws {
        let all = [statement()]
        let authorization = try Authorization(
            identity: [policy(all, name: "a"), policy(all, name: "b")], boundary: policy(all, name: "c"),
            session: [policy(all, name: "d")])
        let explanation = authorization.explain(World.request(World.job)) { _ in nil }
        #expect(explanation.applied.map(\.statement.policy) == ["a", "b", "c", "d"])
        #expect(explanation.applied.map(\.statement.kind) == [.identity, .identity, .boundary, .session])
    }
}
