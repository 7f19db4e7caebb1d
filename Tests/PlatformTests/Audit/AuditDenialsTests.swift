import Core
import Foundation
import Storage
import TestSupport
import Testing

@testable import Platform

/// Who is denied again and again neither fills the trail nor hides in it.
struct AuditDenialsTests {
    private static let start = Instant(milliseconds: 1_790_000_000_000)

    private static func denial(
        by principal: String = "mallory", _ action: String = "lambda:Invoke", on resource: String = "f",
        because reason: String = "policy", kind: AuditRecord.Kind = .invocation, from source: String? = nil
    ) -> AuditRecord {
        AuditRecord(
            time: start, kind: kind, principal: principal, action: action, resource: resource,
            outcome: .denied(reason), source: source)
    }

    /// How many denials records stand for: each for itself, or for those that it counts.
    private static func calls(_ records: [AuditRecord]) -> Int {
        records.filter { if case .denied = $0.outcome { true } else { false } }.map(repeated).reduce(0, +)
    }

    private static func repeated(_ record: AuditRecord) -> Int {
        record.facts.first { $0.name == "repeated" }.flatMap { Int($0.value) } ?? 1
    }

    /// Sends denials to a trail; gives the records that it has in the end.
    private func trail(
        clock: ManualClock = ManualClock(), _ body: (AuditTrail, ManualClock) async throws -> Void
    ) async throws -> (records: [AuditRecord], bytes: Int) {
        try await AuditFixture.withFolder { folder in
            let trail = try AuditTrail(
                folder: folder, account: .standard, keys: AuditFixture.keys, clock: { clock.now })
            try await body(trail, clock)
            await trail.close()
            let segments = try AuditFixture.segments(folder)
            #expect(AuditFixture.verify(segments, keys: AuditFixture.keys).flaws.isEmpty)
            return (try AuditFixture.entries(folder).map(\.record), segments.map(\.count).reduce(0, +))
        }
    }

    @Test func `the first denial is kept at once, those like it are counted, and closing writes the count`()
        async throws
    {
        let (records, bytes) = try await trail { trail, clock in
            try await trail.append(Self.denial())
            #expect(trail.head.place.sequence == 2, "it is on the disk before its caller is answered")
            for number in 0..<20_000 {
                if number % 1000 == 0 { try await trail.append(Self.denial()) } else { trail.record(Self.denial()) }
            }
            clock.advance(milliseconds: 900)
            trail.record(Self.denial())
        }
        let denials = records.filter { $0.kind == .invocation }
        #expect(denials.map(Self.repeated) == [1, 20_001] && bytes < 4000)
        let count = try #require(denials.last)
        #expect(count.principal == "mallory" && count.action == "lambda:Invoke" && count.resource == "f")
        #expect(count.outcome == .denied("policy"))
        let span = count.facts.filter { $0.name != "repeated" }.map(\.value)
        #expect(span == [Self.iso(0), Self.iso(900)], "\(span)")
    }

    private static func iso(_ milliseconds: Int64) -> String {
        ManualClock().now.advanced(milliseconds: milliseconds).iso8601
    }

    @Test func `a denial that differs in who, action, resource or reason has a record of its own`() async throws {
        let different = [
            Self.denial(), Self.denial(by: "ada"), Self.denial("lambda:GetPolicy"), Self.denial(on: "g"),
            Self.denial(because: "boundary"), Self.denial(kind: .management),
        ]
        let (records, _) = try await trail { trail, _ in
            for _ in 0..<3 { for denial in different { trail.record(denial) } }
        }
        #expect(records.filter { $0.kind != .trail }.count == 12)
        #expect(Self.calls(records) == 18)
    }

    @Test func `a window that is over is told of without anybody asking, and the next denial is kept at once`()
        async throws
    {
        let (records, _) = try await trail { trail, clock in
            for _ in 0..<3 {
                for _ in 0..<5 { trail.record(Self.denial()) }
                clock.advance(milliseconds: 10_000)
            }
            try await trail.append(AuditFixture.record(1))
        }
        #expect(records.filter { $0.kind == .invocation }.map(Self.repeated).sorted() == [1, 1, 1, 4, 4, 4])
    }

    @Test func `a count is written when its window is over though nothing else happens`() async throws {
        try await AuditFixture.withFolder { folder in
            var settings = AuditSettings()
            settings.denials.window = 50
            let trail = try AuditTrail(
                folder: folder, account: .standard, keys: AuditFixture.keys, settings: settings)
            for _ in 0..<10 { trail.record(Self.denial()) }
            for _ in 0..<500 where trail.head.place.sequence < 3 { try await Task.sleep(for: .milliseconds(20)) }
            #expect(trail.head.place.sequence == 3)
            await trail.close()
        }
    }

    @Test func `who varies the resource does not fill the disk, and every call is counted`() async throws {
        let sent = 40_000
        let (records, bytes) = try await trail { trail, clock in
            for number in 0..<sent {
                trail.record(Self.denial(on: "arn:aws:lambda:us-east-1:000000000000:function:\(number)"))
                if number % 200 == 0 { clock.advance(milliseconds: 100) }
                // No more than the queue holds, so that nothing is left to its own count.
                if number % 5000 == 0 { try await trail.append(AuditFixture.record(number)) }
            }
        }
        #expect(Self.calls(records) == sent)
        #expect(records.count < 700 && bytes < 400_000, "\(records.count) records, \(bytes) bytes")
        let general = records.filter { $0.resource == "*" && $0.principal == "mallory" }
        #expect(!general.isEmpty && general.allSatisfy { $0.outcome == .denied("several reasons") })
    }

    @Test func `nobody hides behind the flood of another, nor one caller behind many`() async throws {
        let (records, _) = try await trail { trail, _ in
            for number in 0..<2000 { trail.record(Self.denial(on: "\(number)")) }
            trail.record(Self.denial(by: "eve", "iam:CreateAccessKey", on: "root"))
            for number in 0..<50 { trail.record(Self.denial(by: "eve", "iam:\(number)", on: "root")) }
        }
        let eve = records.filter { $0.principal == "eve" }
        #expect(eve.first?.action == "iam:CreateAccessKey" && eve.first?.resource == "root")
        #expect(Self.calls(eve) == 51)
        #expect(Self.calls(records) == 2051)
    }

    @Test func `more callers than are told apart are still counted, to the last call`() async throws {
        let (records, _) = try await trail { trail, _ in
            for number in 0..<3000 { for _ in 0..<3 { trail.record(Self.denial(by: "session-\(number)")) } }
        }
        #expect(Self.calls(records) == 9000)
        #expect(records.count < 1300, "\(records.count)")
    }

    @Test func `those who prove nothing cannot blur the denials of those who do`() async throws {
        let (records, _) = try await trail { trail, _ in
            for number in 0..<5000 {
                trail.record(
                    Self.denial(
                        by: "-", "*", on: "*", because: "Bad", kind: .authentication, from: "10.0.\(number % 999)"))
            }
            for number in 0..<100 { trail.record(Self.denial(by: "ada", on: "\(number)")) }
        }
        #expect(records.filter { $0.principal == "ada" }.count == 100)
        #expect(Self.calls(records) == 5100)
        let first = records.filter { $0.kind == .authentication }.prefix(512)
        #expect(Set(first.map(\.source)).count == 512)
    }

    @Test func `a clock that is set back delays no count and loses none`() {
        var denials = AuditDenials(AuditDenialLimits())
        let late = Self.start.advanced(milliseconds: 86_400_000)
        #expect(denials.take(Self.denial(), at: late) == .keep)
        #expect(denials.take(Self.denial(), at: late) == .counted)
        #expect(denials.takeRecords(at: Self.start, all: false, limit: 9).map(\.calls) == [1])
        #expect(denials.due == nil)
    }

    @Test func `no more counts are given out at once than are asked for, and none twice`() {
        var denials = AuditDenials(AuditDenialLimits())
        for _ in 0..<2 { for number in 0..<300 { _ = denials.take(Self.denial(on: "\(number)"), at: Self.start) } }
        let late = Self.start.advanced(milliseconds: 10_000)
        var given: [String] = []
        while case let some = denials.takeRecords(at: late, all: false, limit: 128), !some.isEmpty {
            #expect(some.count <= 128)
            given += some.map(\.record.resource)
        }
        #expect(given.count == 300 && Set(given).count == 300)
    }

    @Test func `what is allowed, fails or tells of the server itself is never counted away`() {
        var denials = AuditDenials(AuditDenialLimits())
        let records = [
            AuditRecord(time: Self.start, kind: .management, action: "a"),
            AuditRecord(time: Self.start, kind: .management, action: "a", outcome: .failed("x")),
            AuditRecord(time: Self.start, kind: .governor, action: "a", outcome: .denied("calls")),
        ]
        for record in records + records { #expect(denials.take(record, at: Self.start) == .keep) }
        #expect(denials.due == nil)
    }
}
