import Core
import Storage
import TestSupport
import Testing

@testable import Platform

/// Schedules with a store, a clock that stands still until it is moved, and one or more servers.
struct SchedulesTests {
    private func id(_ name: String, _ group: String = "default") throws -> ScheduleID {
        ScheduleID(group: try ScheduleName(group), name: try ScheduleName(name))
    }

    @Test func `a rate fires at once and then at its distance`() async throws {
        let fixture = ScheduleFixture()
        let schedules = try await fixture.server()
        try await schedules.create(id("a"), ScheduleFixture.settings("rate(5 minutes)"), token: nil)
        try await fixture.running([schedules]) {
            #expect(try await fixture.delivered(1) == [#"schedule/default/a {"a":"2026-11-20T12:00:00Z"}"#])
            fixture.clock.advance(milliseconds: 299_999)
            schedules.signal.yield()
            try await Task.sleep(for: .milliseconds(100))
            #expect(try await fixture.items().count == 1)
            fixture.clock.advance(milliseconds: 1)
            schedules.signal.yield()
            #expect(try await fixture.delivered(2).last?.contains("12:05:00") == true)
        }
    }

    @Test func `several servers on one store fire once`() async throws {
        let fixture = ScheduleFixture()
        let first = try await fixture.server()
        for number in 0..<50 {
            try await first.create(id("s\(number)"), ScheduleFixture.settings("at(2026-11-20T12:01:00)"), token: nil)
        }
        let servers = [first, try await fixture.server(), try await fixture.server()]
        fixture.clock.advance(milliseconds: 60_000)
        try await fixture.running(servers) {
            let texts = try await fixture.delivered(50)
            #expect(Set(texts).count == 50)
            try await Task.sleep(for: .milliseconds(300))
            #expect(try await fixture.items().count == 50)
        }
    }

    @Test func `what is complete goes, if it is to, and its time with it`() async throws {
        let fixture = ScheduleFixture()
        let schedules = try await fixture.server()
        for (name, deletes) in [("stays", false), ("goes", true)] {
            let settings = try ScheduleFixture.settings("at(2026-11-20T12:00:10)", deletes: deletes)
            try await schedules.create(id(name), settings, token: nil)
        }
        fixture.clock.advance(milliseconds: 10_000)
        try await fixture.running([schedules]) { _ = try await fixture.delivered(2) }
        _ = try await schedules.schedule(id("stays"))
        let goes = try id("goes")
        await #expect(throws: ScheduleError.missing(goes.name)) { try await schedules.schedule(goes) }
        #expect(
            try await fixture.store.scan(fixture.partition, .kind(FireTime.kind), after: nil, limit: 9).records.isEmpty)
    }

    @Test func `what fell into a stop is fired once by the next server`() async throws {
        let fixture = ScheduleFixture()
        try await fixture.server().create(id("often"), ScheduleFixture.settings("cron(0/5 * * * ? *)"), token: nil)
        fixture.clock.advance(milliseconds: 3_599_000)
        let next = try await fixture.server()
        try await fixture.running([next]) {
            #expect(try await fixture.delivered(1) == [#"schedule/default/often {"a":"2026-11-20T12:55:00Z"}"#])
            try await Task.sleep(for: .milliseconds(200))
            #expect(try await fixture.items().count == 1)
        }
    }

    @Test func `a schedule that cannot be opened does not hold up the others`() async throws {
        let fixture = ScheduleFixture()
        let schedules = try await fixture.server()
        for name in ["bad", "good"] {
            try await schedules.create(id(name), ScheduleFixture.settings("at(2026-11-20T12:00:10)"), token: nil)
        }
        let place = ScheduleRecords.key(try id("bad"))
        let record = try #require(try await fixture.store.get(fixture.partition, place))
        _ = try await fixture.store.commit(fixture.partition, [.put(place, value: [1, 2, 3], index: record.index)])
        fixture.clock.advance(milliseconds: 10_000)
        try await fixture.running([schedules]) {
            let texts = try await fixture.delivered(1)
            #expect(texts.first?.hasPrefix("schedule/default/good") == true)
        }
    }

    @Test func `an update that leaves the times does not take back what is due`() async throws {
        let fixture = ScheduleFixture()
        let schedules = try await fixture.server()
        var settings = try ScheduleFixture.settings("at(2026-11-20T12:00:10)")
        try await schedules.create(id("a"), settings, token: nil)
        fixture.clock.advance(milliseconds: 10_000)
        settings.summary = "new"
        try await schedules.update(id("a"), settings)
        try await fixture.running([schedules]) { _ = try await fixture.delivered(1) }
        #expect(try await fixture.items().count == 1)
        #expect(try await schedules.schedule(id("a")).settings.summary == "new")
    }

    @Test func `a disabled schedule waits until it is enabled, and does not fire what was in between`() async throws {
        let fixture = ScheduleFixture()
        let schedules = try await fixture.server()
        var settings = try ScheduleFixture.settings("rate(1 minute)", isEnabled: false)
        try await schedules.create(id("a"), settings, token: nil)
        fixture.clock.advance(milliseconds: 600_500)
        settings.isEnabled = true
        try await schedules.update(id("a"), settings)
        try await fixture.running([schedules]) {
            try await Task.sleep(for: .milliseconds(200))
            #expect(try await fixture.items().isEmpty)
            fixture.clock.advance(milliseconds: 59_500)
            schedules.signal.yield()
            #expect(try await fixture.delivered(1).first?.contains("12:11:00") == true)
        }
    }

    @Test func `a group goes with its schedules and its key, also if a stop came between`() async throws {
        let fixture = ScheduleFixture()
        let schedules = try await fixture.server()
        let group = try ScheduleName("team")
        try await schedules.createGroup(group, tags: ["a": "b"], token: nil)
        for number in 0..<30 {
            try await schedules.create(id("s\(number)", "team"), ScheduleFixture.settings("rate(1 day)"), token: nil)
        }
        let place = ScheduleRecords.key(group)
        var found = try #require(try await schedules.records.read(place, as: ScheduleGroup.self))
        found.value.isDeleting = true
        let put = try await schedules.records.put(found.value, at: place, key: found.key, expect: .any)
        _ = try await schedules.records.commit([put])
        await #expect(throws: ScheduleError.groupIsDeleting(group)) {
            try await schedules.create(try id("late", "team"), try ScheduleFixture.settings("rate(1 day)"), token: nil)
        }
        let next = try await fixture.server()
        #expect(try await next.list(group: nil, prefix: "", enabled: nil, after: nil, limit: 100).schedules.isEmpty)
        await #expect(throws: ScheduleError.groupMissing(group)) { try await next.group(group) }
        await #expect(throws: KeysError.erased(resource: found.key.text)) {
            try await fixture.keys.existingKey(for: found.key.text, in: .standard)
        }
    }

    @Test func `the same request again is no error, another one is`() async throws {
        let fixture = ScheduleFixture()
        let schedules = try await fixture.server()
        let settings = try ScheduleFixture.settings("rate(1 day)")
        try await schedules.create(id("a"), settings, token: "t")
        try await schedules.create(id("a"), settings, token: "t")
        let again = try id("a")
        for token in ["u", nil] {
            await #expect(throws: ScheduleError.exists(again.name)) {
                try await schedules.create(again, settings, token: token)
            }
        }
    }

    @Test func `an input's facts are those of its firing`() throws {
        let settings = try ScheduleFixture.settings("rate(1 day)")
        let firing = Firing(
            account: .standard, region: .standard,
            schedule: ARN(service: "scheduler", region: .standard, account: .standard, resource: "schedule/g/n"),
            target: try ScheduleTarget(
                arn: ScheduleFixture.function, role: settings.target.role,
                input: #"["<aws.scheduler.schedule-arn>","<aws.scheduler.attempt-number>","<other>"]"#, retry: nil,
                deadLetter: nil),
            scheduled: Instant(milliseconds: 0), execution: RequestID(), descent: Descent(), trace: TraceContext())
        #expect(firing.input == #"["arn:aws:scheduler:us-east-1:000000000000:schedule/g/n","1","<other>"]"#)
    }
}
