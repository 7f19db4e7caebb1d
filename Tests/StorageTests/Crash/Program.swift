import Foundation
import Synchronization

/// Another process, its output in a file, so that what it said before it died is there.
final class Program: Sendable {
    private let process: Mutex<Process>
    private let output: String
    let identifier: Int32

    init(_ path: String, _ arguments: [String], output: String) throws {
        // Making the file moves a new one into its place: what is there already, and may be a device, is left alone.
        let files = FileManager.default
        guard files.fileExists(atPath: output) || files.createFile(atPath: output, contents: nil),
            let handle = FileHandle(forWritingAtPath: output)
        else { throw CocoaError(.fileWriteUnknown) }
        let process = Process()
        process.executableURL = URL(filePath: path)
        process.arguments = arguments
        process.standardOutput = handle
        process.standardError = handle
        try process.run()
        identifier = process.processIdentifier
        self.process = Mutex(process)
        self.output = output
    }

    var isRunning: Bool { process.withLock { $0.isRunning } }

    /// How it ended; only after it did.
    var status: Int32 { process.withLock { $0.terminationStatus } }

    /// What it said, in whole lines.
    var lines: [Substring] {
        let text = FileManager.default.contents(atPath: output).map { String(decoding: $0, as: UTF8.self) } ?? ""
        return text.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
    }

    func send(_ signal: Int32) { kill(identifier, signal) }

    /// Waits until something holds, or the program has ended, or the time is over; whether it holds.
    func wait(seconds: Double, until holds: ([Substring]) -> Bool) async throws -> Bool {
        let end = ContinuousClock.now + .seconds(seconds)
        while ContinuousClock.now < end {
            let running = isRunning
            if holds(lines) { return true }
            if !running { return false }
            try await Task.sleep(for: .milliseconds(20))
        }
        return false
    }

    /// Waits for its end; whether it came in time.
    func ended(within seconds: Double) async throws -> Bool {
        _ = try await wait(seconds: seconds) { _ in false }
        return !isRunning
    }

    /// Runs a program to its end and gives its exit status.
    static func run(_ path: String, _ arguments: [String]) async throws -> Int32 {
        let program = try Program(path, arguments, output: "/dev/null")
        _ = try await program.ended(within: 60)
        return program.isRunning ? -1 : program.status
    }
}
