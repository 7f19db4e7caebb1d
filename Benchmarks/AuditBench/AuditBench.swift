import Core
import Foundation
import Platform
import Storage
import Vault

/// Measures the audit trail, and what the governor costs a call: `audit-bench [folder] [seconds] [rounds]`.
///
/// Appends are durable: each caller waits for the disk before its next record. Records are of 300 bytes or so.
@main enum AuditBench {
    static func main() async throws {
        let arguments = CommandLine.arguments
        let parent = arguments.count > 1 ? arguments[1] : NSTemporaryDirectory()
        let seconds = arguments.count > 2 ? Double(arguments[2]) ?? 2 : 2
        let rounds = arguments.count > 3 ? Int(arguments[3]) ?? 3 : 3
        let keys = AuditKeys(RootKey())
        try GovernorCost.measure()
        for callers in [1, 8, 64, 256] {
            var rates: [Double] = []
            var last = ""
            for round in 1...rounds {
                let folder = "\(parent)/audit-bench-\(UUID().uuidString)-\(round)"
                rates.append(try await append(folder, keys, callers: callers, seconds: seconds))
                if !last.isEmpty { try FileManager.default.removeItem(atPath: last) }
                last = folder
            }
            print("append, \(callers) callers: \(text(rates)) records/s")
            try verify(last, nil, "hashes only, written by \(callers) callers")
            try verify(last, keys, "hashes and seals, written by \(callers) callers")
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

    private static func verify(_ folder: String, _ keys: AuditKeys?, _ what: String) throws {
        let files = FileFolder(folder)
        let segments = try files.names().filter { $0.hasSuffix(".audit") }.map { try files.read($0) ?? [] }
        let clock = ContinuousClock()
        var rates: [Double] = []
        var found: AuditVerifier.Report?
        for _ in 0..<3 {
            let start = clock.now
            var records: UInt64 = 0
            while clock.now - start < .milliseconds(300) {
                var verifier = AuditVerifier(keys: keys)
                for segment in segments { verifier.take(segment) }
                let report = verifier.finish()
                found = report
                records += report.records
            }
            rates.append(Double(records) / ((clock.now - start) / .seconds(1)))
        }
        guard let report = found else { return }
        precondition(report.flaws.isEmpty, "\(report.flaws)")
        let bytes = segments.map(\.count).reduce(0, +)
        print(
            "verify, \(what): \(text(rates)) records/s (\(report.records) records, \(report.groups) groups, "
                + "\(bytes / Int(max(1, report.records))) bytes each)")
    }

    private static func record(_ caller: Int) -> AuditRecord {
        AuditRecord(
            time: .now, kind: .management, principal: "arn:aws:iam::000000000000:user/ada",
            action: "lambda:UpdateFunctionConfiguration",
            resource: "arn:aws:lambda:us-east-1:000000000000:function:resize-\(caller)", source: "127.0.0.1",
            requestID: RequestID(), trace: TraceContext(), lineage: LineageID())
    }

    private static func text(_ rates: [Double]) -> String {
        rates.sorted().map { String(Int($0)) }.joined(separator: " / ")
    }
}
