import BenchReport
import Core
import Foundation
import Platform
import Storage
import Vault

/// Measures the audit trail, and what it costs a call to be governed: `audit-bench [folder] [seconds] [rounds] [--json]`.
///
/// Appends are durable: each caller waits for the disk before its next record. Records are of 300 bytes or so.
@main enum AuditBench {
    static func main() async throws {
        let report = Report(isJSON: CommandLine.arguments.contains("--json"))
        let arguments = CommandLine.arguments.filter { $0 != "--json" }
        let parent = arguments.count > 1 ? arguments[1] : NSTemporaryDirectory()
        let seconds = arguments.count > 2 ? Double(arguments[2]) ?? 2 : 2
        let rounds = arguments.count > 3 ? Int(arguments[3]) ?? 3 : 3
        let keys = AuditKeys(RootKey())
        let governor = try GovernorCost.measure()
        report.row("governor, every call a new lineage", governor.new, "ns")
        report.row("governor, 64 lineages again and again", governor.known, "ns")
        report.row("authorizing a call, 40 statements", try AuthorizeCost.measure(), "ns")
        for callers in [1, 8, 64, 256] {
            var rates: [Double] = []
            var last = ""
            for round in 1...rounds {
                let folder = "\(parent)/audit-bench-\(UUID().uuidString)-\(round)"
                rates.append(try await append(folder, keys, callers: callers, seconds: seconds))
                if !last.isEmpty { try FileManager.default.removeItem(atPath: last) }
                last = folder
            }
            let appending = rates.sorted()[rates.count / 2]
            // Few callers measure the disk, not the trail.
            let isBound = callers == 256
            report.row(
                "audit append, \(callers) callers", appending, "/s", bound: isBound ? 20_000 : nil, atLeast: true)
            let chain = try verify(last, nil)
            report.row(
                "audit verify, hashes, written by \(callers)", chain, "/s", bound: isBound ? 200_000 : nil,
                atLeast: true)
            let seals = try verify(last, keys)
            report.row(
                "audit verify, hashes and seals, by \(callers)", seals, "/s", bound: isBound ? 200_000 : nil,
                atLeast: true)
            try FileManager.default.removeItem(atPath: last)
        }
    }

    private static func append(
        _ folder: String, _ keys: AuditKeys, callers: Int, seconds: Double
    ) async throws -> Double {
        let trail = try AuditTrail(folder: folder, account: .standard, keys: keys)
        let clock = ContinuousClock()
        let start = clock.now
        let end = start + .seconds(seconds)
        try await withThrowingTaskGroup { group in
            for caller in 0..<callers {
                group.addTask {
                    while clock.now < end { try await trail.append(record(caller)) }
                }
            }
            try await group.waitForAll()
        }
        let rate = Double(trail.head.place.sequence) / ((clock.now - start) / .seconds(1))
        await trail.close()
        return rate
    }

    /// Records a second, the median of some rounds.
    private static func verify(_ folder: String, _ keys: AuditKeys?) throws -> Double {
        let files = FileFolder(folder)
        let segments = try files.names().filter { $0.hasSuffix(".audit") }.map { try files.read($0) ?? [] }
        let clock = ContinuousClock()
        var rates: [Double] = []
        for _ in 0..<3 {
            let start = clock.now
            var records: UInt64 = 0
            while clock.now - start < .milliseconds(300) {
                var verifier = AuditVerifier(keys: keys)
                for segment in segments { verifier.take(segment) }
                let report = verifier.finish()
                precondition(report.flaws.isEmpty, "\(report.flaws)")
                records += report.records
            }
            rates.append(Double(records) / ((clock.now - start) / .seconds(1)))
        }
        return rates.sorted()[1]
    }

    private static func record(_ caller: Int) -> AuditRecord {
        AuditRecord(
            time: .now, kind: .management, principal: "arn:aws:iam::000000000000:user/ada",
            action: "lambda:UpdateFunctionConfiguration",
            resource: "arn:aws:lambda:us-east-1:000000000000:function:resize-\(caller)", source: "127.0.0.1",
            requestID: RequestID(), trace: TraceContext(), lineage: LineageID())
    }
}
