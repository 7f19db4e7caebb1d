import Core
import Storage
import TestSupport
import Testing

@testable import Platform

struct EventReplaysTests {
    private let fixture = EventFixture()
    private static let begin = Instant(milliseconds: 1_700_000_000_000)

    private func archived(_ count: Int, _ buses: EventBuses, days: Int = 0) async throws -> RuleName {
        let name = try RuleName("all")
        var settings = EventArchiveSettings()
        settings.days = days
        _ = try await buses.createArchive(name, of: .standard, settings)
        for number in 0..<count {
            let time = Self.begin.advanced(milliseconds: Int64(number) * 1000)
            let detail: JSON = ["n": .number(JSONNumber(Int64(number)))]
            _ = try await buses.put([EventFixture.event(detail: detail, at: time)])
        }
        return name
    }

    private func replay(_ archive: RuleName, from: Int64, until: Int64) -> NewReplay {
        NewReplay(
            archive: archive, bus: .standard, from: Self.begin.advanced(milliseconds: from * 1000),
            until: Self.begin.advanced(milliseconds: until * 1000))
    }

    @Test func `a replay gives each event of its time once, also over a stop`() async throws {
        let buses = try await fixture.server()
        let archive = try await archived(130, buses)
        let id = try EventFixture.id("r")
        try await buses.putRule(id, EventRuleSettings(pattern: #"{"source":["shop"]}"#, schedule: nil), tags: [:])
        try await buses.putTargets([EventTarget(id: "t", arn: EventFixture.target)], of: id)
        let (name, first) = (try RuleName("again"), EventReplays(buses: buses))
        _ = try await first.start(name, replay(archive, from: 10, until: 120))
        // Stopped at any point: what it has done stands in the same commit as how far it is.
        let second = EventReplays(buses: try await fixture.server())
        try await second.restore()
        try await fixture.running([{ await first.run() }, { await second.run() }]) { [fixture] in
            let came = try await fixture.eventually { try await second.replay(name).state == .completed }
            #expect(came)
        }
        let events = try await fixture.texts().map { try JSON(parsing: $0) }
        let numbers = events.compactMap { $0["detail"]?["n"]?.integer }
        #expect(numbers.sorted() == Array(10..<120).map(Int64.init))
        #expect(events.allSatisfy { $0["replay-name"] == "again" })
        #expect(try await buses.size(of: archive).events == 130)
    }

    @Test func `a replay goes only to the rules that it names`() async throws {
        let buses = try await fixture.server()
        let archive = try await archived(3, buses)
        try await fixture.rule("a", buses, targets: ["\"a\""])
        try await fixture.rule("b", buses, targets: ["\"b\""])
        var new = replay(archive, from: 0, until: 9)
        new.rules = [try RuleName("b")]
        let (name, replays) = (try RuleName("only"), EventReplays(buses: buses))
        _ = try await replays.start(name, new)
        try await fixture.running([{ await replays.run() }]) { [fixture] in
            let came = try await fixture.eventually { try await replays.replay(name).state == .completed }
            #expect(came)
        }
        #expect(try await fixture.texts() == ["\"b\"", "\"b\"", "\"b\""])
    }

    @Test func `a cancelled replay stays so, and one of a deleted archive fails`() async throws {
        let buses = try await fixture.server()
        let archive = try await archived(3, buses)
        let (one, two, replays) = (try RuleName("one"), try RuleName("two"), EventReplays(buses: buses))
        _ = try await replays.start(one, replay(archive, from: 0, until: 9))
        #expect(try await replays.cancel(one).state == .cancelled)
        await #expect(throws: EventBusError.replayEnded(one)) { _ = try await replays.cancel(one) }
        _ = try await replays.start(two, replay(archive, from: 0, until: 9))
        try await buses.deleteArchive(archive)
        try await fixture.running([{ await replays.run() }]) { [fixture] in
            let came = try await fixture.eventually { try await replays.replay(two).state == .failed }
            #expect(came)
        }
        #expect(try await fixture.texts().isEmpty)
    }

    @Test func `an archive forgets what it has kept for long enough`() async throws {
        let buses = try await fixture.server()
        let archive = try await archived(5, buses, days: 2)
        let before = try await buses.size(of: archive)
        fixture.clock.advance(milliseconds: 86_400 * 1000)
        _ = try await buses.put([EventFixture.event()])
        fixture.clock.advance(milliseconds: 86_401 * 1000)
        #expect(try await buses.trim(archive, buses.archive(archive)) == 5)
        let after = try await buses.size(of: archive)
        #expect(before.events == 5 && after.events == 1)
        #expect(after.bytes > 0 && after.bytes < before.bytes)
    }
}
