import Core
import EventPattern
import Storage
import TestSupport
import Testing

@testable import Platform

struct EventBusesTests {
    private let fixture = EventFixture()

    @Test func `what lies in the store is what a server begins with`() async throws {
        let first = try await fixture.server()
        let orders = try EventBusName("orders")
        try await first.create(orders, EventBusSettings(), tags: ["a": "b"])
        try await fixture.rule("r", first, on: orders)
        _ = try await first.createArchive(RuleName("all"), of: orders, EventArchiveSettings())
        let second = try await fixture.server()
        #expect(try second.bus(orders) == first.bus(orders))
        #expect(try second.rule(EventFixture.id("r", on: orders)) == first.rule(EventFixture.id("r", on: orders)))
        _ = try await second.put([EventFixture.event(on: orders)])
        #expect(try await fixture.texts() == ["\"a\""])
        #expect(try await second.size(of: RuleName("all")).events == 1)
    }

    @Test func `events of all entries go in one commit, and each by itself is refused`() async throws {
        let buses = try await fixture.server()
        try await fixture.rule("r", buses, targets: ["1", "2"])
        let absent = EventFixture.event(on: try EventBusName("absent"))
        let results = try await buses.put([EventFixture.event(), absent, EventFixture.event("other")])
        #expect(results.map { (try? $0.get()) != nil } == [true, false, true])
        #expect(try await fixture.texts() == ["1", "2"])
    }

    @Test func `a rule that is changed, disabled or deleted is another one for the next event`() async throws {
        let buses = try await fixture.server()
        try await fixture.rule("r", buses)
        let id = try EventFixture.id("r")
        try await buses.changeRule(id) { $0.settings.state = .disabled }
        _ = try await buses.put([EventFixture.event()])
        try await buses.changeRule(id) { $0.settings.state = .enabled }
        _ = try await buses.put([EventFixture.event()])
        try await buses.putRule(id, EventRuleSettings(pattern: #"{"source":["x"]}"#, schedule: nil), tags: [:])
        _ = try await buses.put([EventFixture.event()])
        #expect(try await fixture.texts().count == 1)
        await #expect(throws: EventBusError.ruleHasTargets) { try await buses.deleteRule(id) }
        #expect(try await buses.removeTargets(["0", "1"], of: id) == ["1"])
        try await buses.deleteRule(id)
        try await buses.deleteRule(id)
        #expect(throws: EventBusError.self) { try buses.rule(id) }
    }

    @Test func `what another server changed is read before it is overwritten`() async throws {
        let (first, second) = (try await fixture.server(), try await fixture.server())
        let id = try EventFixture.id("r")
        try await fixture.rule("r", first)
        await #expect(throws: EventBusError.changedMeanwhile) { try await fixture.rule("r", second) }
        #expect(try second.rule(id).targets.count == 1)
        try await second.changeRule(id) { $0.settings.summary = "seen" }
        await #expect(throws: EventBusError.changedMeanwhile) { try await first.tag(id, with: ["a": "b"]) }
        #expect(try first.rule(id).settings.summary == "seen")
    }

    @Test func `there are only so many buses, rules, targets and archives`() async throws {
        var limits = EventBuses.Limits()
        (limits.buses, limits.rules, limits.archives) = (2, 1, 1)
        let buses = try await fixture.server(limits)
        try await buses.create(EventBusName("b"), EventBusSettings(), tags: [:])
        await #expect(throws: EventBusError.tooMany(.buses, limit: 2)) {
            try await buses.create(EventBusName("c"), EventBusSettings(), tags: [:])
        }
        try await fixture.rule("r", buses)
        await #expect(throws: EventBusError.tooMany(.rules, limit: 1)) { try await fixture.rule("s", buses) }
        await #expect(throws: EventBusError.tooMany(.targets, limit: 5)) {
            try await fixture.rule("r", buses, targets: (0..<6).map { "\($0)" })
        }
        _ = try await buses.createArchive(RuleName("a"), of: .standard, EventArchiveSettings())
        await #expect(throws: EventBusError.tooMany(.archives, limit: 1)) {
            _ = try await buses.createArchive(RuleName("b"), of: .standard, EventArchiveSettings())
        }
    }

    @Test func `nothing of a deleted bus can be read again`() async throws {
        let buses = try await fixture.server()
        let name = try EventBusName("b")
        try await buses.create(name, EventBusSettings(), tags: [:])
        let key = try buses.live(name).key
        try await buses.delete(name)
        await #expect(throws: KeysError.self) { _ = try await fixture.keys.existingKey(for: key.text, in: .standard) }
    }

    @Test func `why an event had an effect or none can be told`() async throws {
        let buses = try await fixture.server()
        try await fixture.rule("yes", buses, targets: ["1"])
        try await fixture.rule("gone", buses, targets: ["1"], arn: EventFixture.target + ":absent")
        try await buses.putRule(
            EventFixture.id("no"), EventRuleSettings(pattern: #"{"detail":{"n":[2]}}"#, schedule: nil), tags: [:])
        let id = try await buses.put([EventFixture.event(detail: ["n": 1])])[0].get()
        let story = try #require(try await buses.stories.story(of: id))
        #expect(story.bus == .standard)
        #expect(Set(story.deliveries.map(\.outcome)) == [.delivered, .buried])
        #expect(story.deliveries.first { $0.outcome == .buried }?.code == "NO_RESOURCE")
        let verdicts = try buses.verdicts(on: Array(story.event), of: .standard)
        #expect(verdicts.map(\.rule.text) == ["gone", "no", "yes"])
        #expect(verdicts.map(\.matches) == [true, false, true])
        #expect(verdicts[1].reasons == ["detail.n is 1; the pattern wants [2]"])
        fixture.clock.advance(milliseconds: 86_401 * 1000)
        try await buses.stories.sweep()
        #expect(try await buses.stories.story(of: id) == nil)
    }

    @Test func `what another server makes is seen at once, and what it changes a moment later`() async throws {
        let (one, other) = (try await fixture.server(), try await fixture.server())
        let bus = try EventBusName("orders")
        try await one.create(bus, EventBusSettings(), tags: [:])
        try await fixture.rule("first", one, on: bus)
        _ = try await other.put([EventFixture.event(on: bus)])[0].get()
        #expect(try await fixture.texts() == ["\"a\""])
        try await fixture.rule("second", one, on: bus, targets: ["\"b\""])
        try await one.changeRule(EventFixture.id("first", on: bus)) { $0.settings.state = .disabled }
        _ = try await one.createArchive(RuleName("kept"), of: bus, EventArchiveSettings())
        try await other.catchUp()
        _ = try await other.put([EventFixture.event(on: bus)])[0].get()
        #expect(try await fixture.texts() == ["\"a\"", "\"b\""])
        #expect(try await one.size(of: RuleName("kept")).events == 1)
        try await one.deleteArchive(RuleName("kept"))
        for name in ["first", "second"] {
            let id = try EventFixture.id(name, on: bus)
            _ = try await one.removeTargets(["0"], of: id)
            try await one.deleteRule(id)
        }
        try await one.delete(bus)
        try await other.catchUp()
        #expect(throws: EventBusError.busMissing("orders")) { try other.bus(bus) }
        #expect(try await other.put([EventFixture.event(on: bus)])[0] == .failure(.busMissing("orders")))
    }

    @Test func `what is on its way reaches targets and archives that only another server knows yet`() async throws {
        let (one, other) = (try await fixture.server(), try await fixture.server())
        try await fixture.rule("r", one)
        _ = try await one.createArchive(RuleName("kept"), of: .standard, EventArchiveSettings())
        let event = BusEvent(EventFixture.event(), region: .standard, account: .standard, at: .now)
        let deliveries = try one.plan(for: event)
        #expect(deliveries.count == 2)
        try await other.send([FanOut(event: event, deliveries: deliveries)])
        #expect(try await fixture.texts() == ["\"a\""])
        #expect(try await one.size(of: RuleName("kept")).events == 1)
    }

    @Test func `the rule of an archive is seen, and nobody changes it`() async throws {
        let buses = try await fixture.server()
        var settings = EventArchiveSettings()
        settings.pattern = #"{"source":["shop"]}"#
        _ = try await buses.createArchive(RuleName("kept"), of: .standard, settings)
        let id = try EventFixture.id("Events-Archive-kept")
        #expect(
            try buses.archiveRules(of: .standard).map(\.pattern) == [
                #"{"source":["shop"],"replay-name":[{"exists":false}]}"#
            ])
        let refusal = EventBusError.ruleManaged(id.name, archive: try RuleName("kept"))
        await #expect(throws: refusal) { try await buses.deleteRule(id) }
        await #expect(throws: refusal) { try await buses.changeRule(id) { $0.settings.state = .disabled } }
        await #expect(throws: refusal) {
            try await buses.putRule(id, EventRuleSettings(pattern: #"{"source":["x"]}"#, schedule: nil), tags: [:])
        }
        try await buses.deleteArchive(RuleName("kept"))
        #expect(try buses.archiveRule(id) == nil)
        try await fixture.rule("Events-Archive-kept", buses)
        // Whoever was there first stays who he is.
        _ = try await buses.createArchive(RuleName("kept"), of: .standard, settings)
        #expect(try buses.archiveRules(of: .standard).isEmpty)
        try await buses.changeRule(id) { $0.settings.state = .disabled }
    }

    @Test func `who watches sees what matches, and hears what was missed`() async throws {
        let buses = try await fixture.server()
        let start = buses.recent.events(after: nil, on: nil, matching: nil)
        #expect(start.events.isEmpty)
        for _ in 0..<300 { _ = try await buses.put((0..<10).map { EventFixture.event("s\($0)") }) }
        let pattern = try EventPattern(parsing: #"{"source":["s1"]}"#)
        let part = buses.recent.events(after: start.last, on: .standard, matching: pattern)
        #expect(part.missed == 1000)
        #expect(part.events.count == 200)
        #expect(buses.recent.events(after: part.last, on: nil, matching: nil).events.isEmpty)
        #expect(buses.recent.events(after: part.last + 5, on: nil, matching: nil).events.count == 2000)
    }
}
