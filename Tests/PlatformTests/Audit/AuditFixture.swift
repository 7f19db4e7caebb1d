import Core
import Foundation
import Platform
import Storage
import Vault

/// Audit records of all kinds, and folders to keep them in.
enum AuditFixture {
    static let root = RootKey()
    static let keys = AuditKeys(root)

    /// A folder that is removed when the body ends.
    static func withFolder<Result>(_ body: (String) async throws -> Result) async throws -> Result {
        let folder = NSTemporaryDirectory() + "audit-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: folder) }
        return try await body(folder)
    }

    static func record(_ number: Int, _ kind: AuditRecord.Kind = .management) -> AuditRecord {
        AuditRecord(
            time: Instant(milliseconds: 1_790_000_000_000 + Int64(number)), kind: kind,
            principal: "arn:aws:iam::000000000000:user/ada", action: "lambda:CreateFunction",
            resource: "arn:aws:lambda:us-east-1:000000000000:function:secret-name-\(number)",
            source: "127.0.0.1", requestID: RequestID(), trace: TraceContext(), lineage: LineageID())
    }

    static func random(_ random: inout some RandomNumberGenerator) -> AuditRecord {
        func text(_ limit: Int) -> String {
            let pool = ["a", "ß", "漢", "🪶", "\u{301}", " ", "\n", "\0", "/"]
            let length = Int.random(in: 0...limit, using: &random)
            return (0..<length).map { _ in pool[Int.random(in: 0..<pool.count, using: &random)] }.joined()
        }
        let outcomes: [AuditRecord.Outcome] = [.succeeded, .failed(text(300)), .denied(text(300))]
        let kind = AuditRecord.Kind.allCases.randomElement(using: &random) ?? .trail
        return AuditRecord(
            time: Instant(milliseconds: .random(in: .min ... .max, using: &random)), kind: kind,
            principal: text(300), action: text(80), resource: text(600),
            outcome: outcomes[Int.random(in: 0..<3, using: &random)],
            source: Bool.random(using: &random) ? text(40) : nil,
            requestID: Bool.random(using: &random) ? RequestID() : nil,
            trace: Bool.random(using: &random) ? TraceContext() : nil,
            lineage: Bool.random(using: &random) ? LineageID() : nil,
            facts: (0..<Int.random(in: 0...20, using: &random)).map { _ in .init(text(30), text(120)) })
    }

    /// Every file of a folder.
    static func files(_ folder: String) throws -> [String: [UInt8]] {
        var files: [String: [UInt8]] = [:]
        for name in try FileFolder(folder).names() { files[name] = try FileFolder(folder).read(name) }
        return files
    }

    /// The segments of a folder, in order.
    static func segments(_ folder: String) throws -> [[UInt8]] {
        try files(folder).filter { $0.key.hasSuffix(".audit") }.sorted { $0.key < $1.key }.map(\.value)
    }

    /// All records of a folder.
    static func entries(_ folder: String) throws -> [AuditEntry] {
        var cursor = AuditCursor(folder: folder, keys: keys)
        var entries: [AuditEntry] = []
        while case let more = try cursor.read(), !more.isEmpty { entries += more }
        return entries
    }

    static func verify(_ segments: [[UInt8]], keys: AuditKeys?, heads: [AuditHead] = []) -> AuditVerifier.Report {
        var verifier = AuditVerifier(keys: keys, heads: heads)
        for segment in segments { verifier.take(segment) }
        return verifier.finish()
    }
}
