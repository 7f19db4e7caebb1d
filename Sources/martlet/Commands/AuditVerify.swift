import ArgumentParser
import Core
import FoundationEssentials
import Platform
import Storage
import Vault

/// `martlet audit verify`: whether the trail is as it was written.
struct AuditVerify: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Check that no record was changed, removed, put in or moved.",
        discussion: """
            Reads the files; no server is needed. With the root key every seal is opened too, so that nobody but its holder \
            could have written what is there; with --chain-only only the hashes are checked, which needs no key.

              martlet audit verify
              martlet audit verify --head "$(cat /safe/place/head)"
              martlet audit verify --chain-only copy/*.audit --head /safe/place/head

            That records were cut off at the end only a head tells which was kept elsewhere: the one line of \
            DATA/audit/head. The one in the folder is checked always, if it is there. Where old segments were removed, a \
            head from that time (--head can be given several times) shows where the trail may begin.

            Exit status: 0 the trail is whole, 1 it is not, 2 it cannot be read, 64 the command line is wrong.
            """)

    @Argument(help: "Segments (*.audit) to check, in place of those of the data folder.")
    var files: [String] = []
    @Option(help: "A published head: the line itself, or a file that holds it.")
    var head: [String] = []
    @Flag(help: "Check the hashes only; no root key is read.")
    var chainOnly = false
    @OptionGroup var access: AuditAccess

    func run() async throws {
        try await ExitStatus.reporting {
            let keys = chainOnly ? nil : try access.keys()
            var flaws: [AuditFlaw] = []
            let heads = try heads(keys, &flaws)
            let report = try await report(keys, heads)
            for line in AuditWords.lines(report, isOpened: keys != nil, heads: heads.count) { Terminal.printLine(line) }
            flaws += report.flaws
            for flaw in flaws { Terminal.printError(AuditWords.sentence(flaw)) }
            if !flaws.isEmpty { throw ExitCode(1) }
        }
    }

    /// Checks the files; while a server writes, its last group may be half there, so a second look decides.
    private func report(_ keys: AuditKeys?, _ heads: [AuditHead]) async throws -> AuditVerifier.Report {
        var report = try look(keys, heads)
        for _ in 0..<4 {
            guard report.flaws.count == 1, case .unfinished? = report.flaws.first else { break }
            try await Task.sleep(for: .milliseconds(200))
            report = try look(keys, heads)
        }
        return report
    }

    private func look(_ keys: AuditKeys?, _ heads: [AuditHead]) throws -> AuditVerifier.Report {
        var verifier = AuditVerifier(keys: keys, heads: heads)
        let paths = try segments()
        guard !paths.isEmpty else {
            throw ClientError.badInput(
                "There is no audit trail in \(access.folder.audit). Name the data folder with --data-dir.")
        }
        for path in paths { verifier.take(try Self.bytes(path)) }
        return verifier.finish()
    }

    /// The paths of the segments, in the order of their names.
    private func segments() throws -> [String] {
        guard files.isEmpty else { return files.sorted { Self.name($0) < Self.name($1) } }
        let folder = access.folder.audit
        do throws(FileFailure) {
            return try FileFolder(folder).names().filter { $0.hasSuffix(".audit") }.map { "\(folder)/\($0)" }
        } catch { throw ClientError.badInput("\(folder) cannot be read (error \(error.code)).") }
    }

    /// The heads that were named, and the one in the folder.
    private func heads(_ keys: AuditKeys?, _ flaws: inout [AuditFlaw]) throws -> [AuditHead] {
        var lines = head.map {
            FileManager.default.contents(atPath: $0).map { String(decoding: $0, as: UTF8.self) } ?? $0
        }
        if files.isEmpty, let own = FileManager.default.contents(atPath: "\(access.folder.audit)/head") {
            lines.append(String(decoding: own, as: UTF8.self))
        }
        var heads: [AuditHead] = []
        for text in lines {
            let line = text.prefix { $0 != "\n" }
            guard let head = AuditHead(line: line) else {
                throw ClientError.badInput(
                    "'\(Terminal.harmless(line.prefix(200)))' is no head: it is the one line of DATA/audit/head.")
            }
            if let keys, !head.isAuthentic(line, keys) { flaws.append(.headNotAuthentic) }
            heads.append(head)
        }
        return heads
    }

    private static func name(_ path: String) -> Substring { path.split(separator: "/").last ?? "" }

    private static func bytes(_ path: String) throws -> [UInt8] {
        guard let slash = path.lastIndex(of: "/") else { return try bytes("./\(path)") }
        do throws(FileFailure) {
            if let bytes = try FileFolder(String(path[..<slash])).read(String(path[path.index(after: slash)...])) {
                return bytes
            }
        } catch { throw ClientError.badInput("\(path) cannot be read (error \(error.code)).") }
        throw ClientError.badInput("There is no file \(path).")
    }
}
