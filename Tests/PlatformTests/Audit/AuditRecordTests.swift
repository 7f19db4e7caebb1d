import Core
import Testing
import Vault

@testable import Platform

struct AuditRecordTests {
    @Test func `what is written reads itself, whatever it says`() throws {
        var random = SystemRandomNumberGenerator()
        for _ in 0..<2000 {
            let record = AuditFixture.random(&random)
            let read = try AuditRecord(record.bytes)
            #expect(read == record)
            #expect(read.bytes == record.bytes)
        }
    }

    @Test func `every other form of a record is refused`() throws {
        var random = SystemRandomNumberGenerator()
        var refused = 0
        for _ in 0..<2000 {
            var bytes = AuditFixture.record(3).bytes
            bytes[Int.random(in: 0..<bytes.count, using: &random)] ^= UInt8.random(in: 1...255, using: &random)
            do { #expect(try AuditRecord(bytes).bytes == bytes) } catch { refused += 1 }
        }
        #expect(refused > 0)
        let bytes = AuditFixture.record(3).bytes
        for count in 0..<bytes.count {
            #expect(throws: AuditRecord.Fault.self) { try AuditRecord(Array(bytes[..<count])) }
        }
        #expect(throws: AuditRecord.Fault.trailing(bytes: 1)) { try AuditRecord(bytes + [0]) }
    }

    @Test func `texts are cut at their bounds, between characters, and say so`() {
        let record = AuditRecord(
            time: Instant(milliseconds: 0), kind: .secret, principal: String(repeating: "漢", count: 1000),
            action: String(repeating: "a", count: 128), resource: String(repeating: "ß", count: 513),
            facts: (0..<40).map { .init("name-\($0)", String(repeating: "x", count: 1000)) })
        #expect(record.principal.utf8.count <= 512 && record.principal.hasSuffix("漢…"))
        #expect(record.action.utf8.count == 128 && record.action.hasSuffix("a"))
        #expect(record.resource.utf8.count <= 1024 && record.resource.hasSuffix("…"))
        #expect(record.facts.count == 16)
        #expect(record.facts.allSatisfy { $0.value.utf8.count <= 256 })
    }

    @Test func `the form is the one that is documented`() {
        let record = AuditRecord(
            time: Instant(milliseconds: 1_790_000_000_000), kind: .management, principal: "p", action: "s:A",
            resource: "*", outcome: .denied("m"), source: "::1", requestID: RequestID(high: 1, low: 2),
            trace: TraceContext(high: 3, low: 4, span: 5, sampled: true), lineage: LineageID(high: 6, low: 7),
            facts: [.init("b", "2"), .init("a", "1")])
        let words = [1, 2, 3, 4, 5, 6, 7].map { "000000000000000\($0)" }.joined()
        #expect(
            Hex.text(of: record.bytes)
                == "01011f" + "000001a0c4506c00" + "000170" + "0003733a41" + "00012a" + "0200016d" + "00033a3a31"
                + words
                + "02" + "000161" + "000131" + "000162" + "000132")
    }
}
