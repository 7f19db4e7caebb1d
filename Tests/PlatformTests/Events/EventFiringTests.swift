import Core
import NIOPosix
import Storage
import TestSupport
import Testing

@testable import Platform

struct EventFiringTests {
    private let fixture = EventFixture()

    private func rule(_ name: String, _ expression: String, _ buses: EventBuses) async throws {
        let id = try EventFixture.id(name)
        try await buses.putRule(id, EventRuleSettings(pattern: nil, schedule: expression), tags: [:])
        try await buses.putTargets([EventTarget(id: "t", arn: EventFixture.target)], of: id)
    }

    @Test func `a rule fires once, however many servers look`() async throws {
        let first = try await fixture.server()
        try await rule("r", "rate(5 minutes)", first)
        let second = try await fixture.server()
        let loop = MultiThreadedEventLoopGroup.singleton.next()
        try await fixture.running([{ await first.run(on: loop) }, { await second.run(on: loop) }]) { [fixture] in
            for round in 1...3 {
                fixture.clock.advance(milliseconds: 300 * 1000)
                let came = try await fixture.eventually { try await fixture.texts().count == round }
                #expect(came)
            }
        }
        #expect(try await fixture.texts().count == 3)
        let event = try JSON(parsing: try #require(try await fixture.texts().first))
        #expect(event["source"] == "aws.events")
        #expect(event["detail-type"] == "Scheduled Event")
        #expect(event["resources"] == ["arn:aws:events:us-east-1:000000000000:rule/r"])
    }

    @Test func `a rule that another server made fires by whoever comes first, and goes on`() async throws {
        let (maker, other) = (try await fixture.server(), try await fixture.server())
        try await rule("r", "rate(5 minutes)", maker)
        try await other.look(until: nil)
        let loop = MultiThreadedEventLoopGroup.singleton.next()
        try await fixture.running([{ await other.run(on: loop) }]) { [fixture] in
            for round in 1...2 {
                fixture.clock.advance(milliseconds: 300 * 1000)
                let came = try await fixture.eventually { try await fixture.texts().count == round }
                #expect(came)
            }
        }
    }

    @Test func `of what a stop missed the last is fired`() async throws {
        let first = try await fixture.server()
        try await rule("r", "cron(0 * * * ? *)", first)
        fixture.clock.advance(milliseconds: 5 * 3600 * 1000)
        let second = try await fixture.server()
        try await fixture.running([{ await second.run(on: MultiThreadedEventLoopGroup.singleton.next()) }]) {
            [fixture] in
            let came = try await fixture.eventually { try await fixture.texts().count == 1 }
            #expect(came)
        }
        let event = try JSON(parsing: try #require(try await fixture.texts().first))
        #expect(event["time"]?.string?.hasSuffix(":00:00Z") == true)
    }

    @Test func `a rule of another bus does not stop one of its name on the default bus`() async throws {
        let buses = try await fixture.server()
        let other = try EventBusName("other")
        try await buses.create(other, EventBusSettings(), tags: [:])
        try await rule("r", "rate(1 minute)", buses)
        try await fixture.rule("r", buses, on: other)
        _ = try await buses.removeTargets(["0"], of: EventFixture.id("r", on: other))
        try await buses.deleteRule(EventFixture.id("r", on: other))
        #expect(await buses.nextDue != nil)
        try await buses.changeRule(EventFixture.id("r")) { $0.settings.state = .disabled }
        let left = try await fixture.store.scan(fixture.partition, .kind(EventBuses.timeKind), after: nil, limit: 9)
        #expect(left.records.isEmpty)
    }
}
