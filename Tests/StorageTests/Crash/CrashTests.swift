import Foundation
import TestSupport
import Testing

@testable import Storage

/// A writer dies in every way a machine knows; nothing it acknowledged is lost, nothing it was refused is there.
@Suite(.serialized) struct CrashTests {
    @Test func `nothing acknowledged is lost when the process is killed`() async throws {
        try await withFolder { folder in
            var history = CrashHistory()
            for round in 0..<(4 + Soak.rounds) {
                let writer = try Self.writer(folder + "/store", round, in: folder)
                try await Self.letItWork(writer, acknowledgements: 150)
                writer.send(SIGKILL)
                #expect(try await writer.ended(within: 10))
                try history.read(writer.lines)
                try await history.verify(folder + "/store")
            }
            Self.tell("kill -9", history)
        }
    }

    @Test(arguments: [CrashFileSystem.Cut.clean, .torn])
    func `nothing acknowledged is lost when the power is cut`(cut: CrashFileSystem.Cut) async throws {
        try await Self.rounds("power cut, \(cut)", 3 + Soak.rounds) { round, files, writer in
            try await Self.letItWork(writer, acknowledgements: 80 + Int.random(in: 0..<200))
            try await files.cut(cut)
        }
    }

    @Test func `a failed fsync ends the writer, and nothing acknowledged is lost`() async throws {
        let options = { (round: Int) in ["--fail-fsync=\(60 + 37 * round)"] }
        try await Self.rounds("failing fsync", 2 + Soak.rounds, options: options) { _, files, writer in
            #expect(try await writer.wait(seconds: 300) { $0.contains { $0.hasPrefix("end") } }, "the store went on")
            #expect(try await writer.ended(within: 10))
            try await files.cut(.clean)
        }
    }

    @Test func `a full disk is told as such, reads go on, and nothing acknowledged is lost`() async throws {
        let options = { (round: Int) in round % 2 == 0 ? ["--space=2500000"] : [] }
        try await Self.rounds("disk full, then not", 2 + Soak.rounds, options: options) { round, files, writer in
            if round % 2 == 0 {
                let full = try await writer.wait(seconds: 300) { lines in
                    lines.count { $0.hasPrefix("f") && $0.contains(" is full;") } > 20
                }
                #expect(full, "the disk did not fill, or the writer gave up")
                let reads = writer.lines.filter { $0.hasPrefix("r ") }
                #expect(
                    !reads.isEmpty && reads.allSatisfy { $0.hasSuffix("ok") }, "reads failed on a full disk: \(reads)")
            } else {
                try await Self.letItWork(writer, acknowledgements: 80)
            }
            try await files.cut(.clean)
        }
    }

    @Test func `a disk that lies about fsync is found out`() async throws {
        // Without the file system nothing can be lost: then there is nothing to see.
        guard await CrashFileSystem.program.value != nil else { return }
        await withKnownIssue("what the disk only pretended to keep is missed") {
            try await Self.rounds("lying disk", 1, options: { _ in ["--lie-after=60"] }) { _, files, writer in
                try await Self.letItWork(writer, acknowledgements: 200)
                try await files.cut(.clean)
            }
        }
    }

    /// Runs a writer on the crashing file system over and over, and verifies what is left after each death.
    private static func rounds(
        _ name: String, _ count: Int, options: (Int) -> [String] = { _ in [] },
        _ body: (Int, CrashFileSystem, Program) async throws -> Void
    ) async throws {
        try await withFolder { folder in
            var history = CrashHistory()
            for round in 0..<count {
                let options = options(round) + ["--seed=\(round + 1)"]
                let files = try await CrashFileSystem.mounted(
                    over: folder + "/durable", at: folder + "/mount", options: options)
                guard let files else {
                    print("skipped: \(count) rounds of '\(name)' (needs /dev/fuse, libfuse3-dev, pkg-config and cc)")
                    return
                }
                let writer = try writer(files.mount + "/store", round, in: folder)
                try await body(round, files, writer)
                writer.send(SIGKILL)
                #expect(try await writer.ended(within: 10))
                try history.read(writer.lines)
                try await history.verify(folder + "/durable/store")
            }
            tell(name, history)
        }
    }

    /// Every other round the store's log is moved into the database all the time.
    private static func writer(_ store: String, _ round: Int, in folder: String) throws -> Program {
        let logPages = round % 2 == 0 ? 4000 : 24
        return try Program(
            Self.binary, [store, "\(CrashHistory.chains)", "\(logPages)"], output: folder + "/said-\(round)")
    }

    private static let binary = BuildFolder.path + "/crash-writer"

    private static func letItWork(_ writer: Program, acknowledgements: Int) async throws {
        let wanted = acknowledgements * (Soak.rounds > 0 ? 25 : 1)
        let worked = try await writer.wait(seconds: 300) { lines in
            lines.count { $0.hasPrefix("a") } >= wanted
        }
        #expect(worked, "the writer did not get on: \(writer.lines.suffix(3))")
    }

    private static func tell(_ name: String, _ history: CrashHistory) {
        print(
            "crash test '\(name)': \(history.acknowledged) acknowledged, \(history.refused) refused, "
                + "\(history.unknown) of unknown outcome")
    }
}
