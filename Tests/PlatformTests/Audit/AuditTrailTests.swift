import Core
import Foundation
import Storage
import TestSupport
import Testing
import Vault

@testable import Platform

struct AuditTrailTests {
    private func open(
        _ folder: String, _ settings: AuditSettings = AuditSettings(), clock: ManualClock? = nil
    ) throws -> AuditTrail {
        try AuditTrail(
            folder: folder, account: .standard, keys: AuditFixture.keys, settings: settings,
            clock: { clock?.now ?? .now })
    }

    /// Writes records one after the other, so that each is a group; gives the folder's files.
    private func written(_ count: Int, in folder: String) async throws -> [String: [UInt8]] {
        let trail = try open(folder)
        for number in 0..<count { try await trail.append(AuditFixture.record(number)) }
        await trail.close()
        return try AuditFixture.files(folder)
    }

    private func put(_ files: [String: [UInt8]], in folder: String) throws {
        try? FileManager.default.removeItem(atPath: folder)
        try FileFolder(folder).make()
        for (name, bytes) in files { try FileFolder(folder).replace(name, with: bytes) }
    }

    @Test func `what was appended is there in order after the trail is opened again, and its head names it`()
        async throws
    {
        try await AuditFixture.withFolder { folder in
            _ = try await written(5, in: folder)
            let trail = try open(folder)
            try await trail.append(AuditFixture.record(5))
            let head = trail.head
            await trail.close()
            let entries = try AuditFixture.entries(folder)
            #expect(entries.map(\.sequence) == Array(0..<8))
            #expect(
                entries.filter { $0.record.kind == .management }.map(\.record.resource).map { $0.suffix(1) } == [
                    "0", "1", "2", "3", "4", "5",
                ])
            #expect(entries.filter { $0.record.action == "audit:OpenTrail" }.count == 2)
            let report = AuditFixture.verify(try AuditFixture.segments(folder), keys: AuditFixture.keys, heads: [head])
            #expect(report.flaws.isEmpty && report.end == head.place)
        }
    }

    @Test func `many callers share one write, and nothing of theirs is readable on the disk`() async throws {
        try await AuditFixture.withFolder { folder in
            let trail = try open(folder)
            try await withThrowingTaskGroup { group in
                for number in 0..<500 { group.addTask { try await trail.append(AuditFixture.record(number)) } }
                try await group.waitForAll()
            }
            #expect(trail.head.place.sequence == 501)
            await trail.close()
            let segments = try AuditFixture.segments(folder)
            #expect(AuditFixture.verify(segments, keys: nil).groups < 400)
            #expect(Set(try AuditFixture.entries(folder).map(\.record.resource)).count == 501)
            for bytes in segments {
                for text in ["secret-name", "ada", "lambda:", "127.0.0.1"] {
                    #expect(Data(bytes).range(of: Data(text.utf8)) == nil)
                }
            }
        }
    }

    @Test func `wherever a crash cuts the last write, the next start takes it away and loses nothing before it`()
        async throws
    {
        try await AuditFixture.withFolder { folder in
            var files = try await written(4, in: folder)
            files["head"] = nil  // It follows the trail by up to a second.
            let name = try #require(files.keys.first)
            let whole = try #require(files[name])
            let before = try groupStarts(whole)
            let start = before[before.count - 1]
            for count in stride(from: start, to: whole.count, by: 7) {
                for torn in [
                    Array(whole[..<count]), Array(whole[..<count]) + [UInt8](repeating: 0, count: whole.count - count),
                ] {
                    files[name] = torn
                    try put(files, in: folder)
                    let trail = try open(folder)
                    try await trail.append(AuditFixture.record(9))
                    await trail.close()
                    let entries = try AuditFixture.entries(folder)
                    #expect(
                        entries.filter { $0.record.kind == .management }.map { $0.record.resource.suffix(1) } == [
                            "0", "1", "2", "9",
                        ])
                    let opened = entries.last { $0.record.action == "audit:OpenTrail" }
                    #expect(opened?.record.facts.last?.value == "\(torn.count - start)")
                    #expect(
                        AuditFixture.verify(try AuditFixture.segments(folder), keys: AuditFixture.keys).flaws.isEmpty)
                }
            }
        }
    }

    @Test func `what is not the end of a torn write is not cut away, but refused`() async throws {
        try await AuditFixture.withFolder { folder in
            let files = try await written(4, in: folder)
            let name = try #require(files.keys.first { $0 != "head" })
            let whole = try #require(files[name])
            let starts = try groupStarts(whole)
            // Any change before the last group, even if the head is gone.
            for place in stride(from: 0, to: starts[starts.count - 1], by: 11) {
                var changed = files
                changed["head"] = nil
                changed[name]?[place] ^= 0x40
                try put(changed, in: folder)
                #expect(throws: AuditError.self, "byte \(place)") { try open(folder) }
            }
            // A change of the last group, or its loss, if the head had followed it.
            for cut in [starts[starts.count - 1], whole.count - 1, starts[1], AuditSegmentHeader.size, 0] {
                var changed = files
                changed[name] = Array(whole[..<cut])
                try put(changed, in: folder)
                #expect(throws: AuditError.self, "\(cut) bytes") { try open(folder) }
            }
            var changed = files
            changed["head"] = Array("martlet-audit-head-1 nonsense".utf8)
            try put(changed, in: folder)
            #expect(throws: AuditError.headUnreadable) { try open(folder) }
        }
    }

    @Test func `a segment that a crash left without its header is begun again`() async throws {
        try await AuditFixture.withFolder { folder in
            let settings = small()
            let trail = try open(folder, settings)
            for number in 0..<20 { try await trail.append(AuditFixture.record(number)) }
            await trail.close()
            let count = try AuditFixture.entries(folder).count
            let names = try FileFolder(folder).names().filter { $0 != "head" }
            #expect(names.count > 2)
            for size in [0, 1, AuditSegmentHeader.size - 1, AuditSegmentHeader.size] {
                let torn = AuditSegmentHeader.fileName(startingAt: UInt64(try AuditFixture.entries(folder).count))
                try FileFolder(folder).replace(torn, with: [UInt8](repeating: 0, count: size))
                let again = try open(folder, settings)
                try await again.append(AuditFixture.record(99))
                await again.close()
            }
            #expect(try AuditFixture.entries(folder).count == count + 8)
            #expect(AuditFixture.verify(try AuditFixture.segments(folder), keys: AuditFixture.keys).flaws.isEmpty)
        }
    }

    @Test func `old segments go when they are to, the trail says so, and still verifies`() async throws {
        try await AuditFixture.withFolder { folder in
            let clock = ManualClock()
            let settings = small()
            let trail = try open(folder, settings, clock: clock)
            for number in 0..<20 {
                clock.advance(milliseconds: 1000)
                try await trail.append(AuditFixture.record(number))
            }
            let names = try FileFolder(folder).names().filter { $0 != "head" }
            try await trail.removeSegments(before: clock.now.advanced(milliseconds: -8000))
            let left = try FileFolder(folder).names().filter { $0 != "head" }
            #expect(left.count < names.count && !left.isEmpty)
            let entries = try AuditFixture.entries(folder)
            #expect((entries.first?.sequence ?? 0) > 0)
            #expect(entries.filter { $0.record.action == "audit:RemoveOldSegments" }.count == 1)
            let report = AuditFixture.verify(
                try AuditFixture.segments(folder), keys: AuditFixture.keys, heads: [trail.head])
            #expect(report.flaws.isEmpty)
            await trail.close()
            // One more, removed by somebody else.
            try FileFolder(folder).remove(left[0])
            let wrong = AuditFixture.verify(try AuditFixture.segments(folder), keys: AuditFixture.keys)
            #expect(wrong.flaws.contains { if case .beginningMissing = $0 { true } else { false } })
        }
    }

    @Test func `what finds no room is counted in the trail`() async throws {
        try await AuditFixture.withFolder { folder in
            var settings = AuditSettings()
            settings.bufferedRecords = 10
            let clock = ManualClock()
            let trail = try open(folder, settings, clock: clock)
            let sent = 50_000
            for number in 0..<sent { trail.record(AuditFixture.record(number)) }
            try await trail.append(AuditFixture.record(0))
            await trail.close()
            let records = try AuditFixture.entries(folder).map(\.record)
            let counted = { (action: String) in
                records.filter { $0.action == action }.compactMap { $0.facts.first { $0.name == "count" } }
                    .compactMap { Int($0.value) }.reduce(0, +)
            }
            let kept = records.filter { $0.kind != .trail }.count
            #expect(counted("audit:QueueOverrun") > 0)
            #expect(kept + counted("audit:QueueOverrun") == sent + 1)
        }
    }

    @Test func `a trail that was closed takes nothing and says so`() async throws {
        try await AuditFixture.withFolder { folder in
            let trail = try open(folder)
            await trail.close()
            #expect(!trail.isOpen)
            await #expect(throws: AuditError.unavailable) { try await trail.append(AuditFixture.record(1)) }
        }
    }

    @Test func `a reader follows a trail that is being written, over the ends of segments`() async throws {
        try await AuditFixture.withFolder { folder in
            let trail = try open(folder, small())
            var cursor = AuditCursor(folder: folder, keys: AuditFixture.keys, from: 1)
            var seen: [UInt64] = []
            for number in 0..<30 {
                try await trail.append(AuditFixture.record(number))
                while case let entries = try cursor.read(), !entries.isEmpty { seen += entries.map(\.sequence) }
            }
            #expect(seen == Array(1...30))
            await trail.close()
            var late = AuditCursor(folder: folder, keys: AuditFixture.keys, from: 17)
            #expect(try late.read().first?.sequence == 17)
        }
    }

    private func small() -> AuditSettings {
        var settings = AuditSettings()
        settings.segmentBytes = 1500
        return settings
    }

    private func groupStarts(_ bytes: [UInt8]) throws -> [Int] {
        var starts: [Int] = []
        _ = try AuditSegment(bytes).walk { group in starts.append(group.offset) }
        return starts
    }
}
