import Core
import Foundation
import Sandboxing
import Testing

/// A starter, and what a test does with its sandboxes.
final class SandboxFixture: Sendable {
    let starter: Starter
    let ends = SandboxEnds()

    /// Whether this machine can confine anything; where it cannot, `martlet doctor` says why.
    static let isPossible: Bool = {
        let machine = SandboxCapabilities.probe()
        let possible = machine.bubblewrap != nil && machine.userNamespaces && machine.lateMount
        if !possible { print("skipped: this machine has no bubblewrap, user namespaces or late mounts") }
        return possible
    }()

    /// The program beside the tests that is nothing but a starter.
    static let program = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
        .appending(path: "starter-test-host").path

    private init(_ configuration: StarterConfiguration) throws {
        starter = try Starter.launch(configuration)
    }

    /// Lends a starter to `body`, and ends it however `body` ends.
    static func with(
        _ configuration: StarterConfiguration = StarterConfiguration(program: program),
        _ body: @Sendable (SandboxFixture) async throws -> Void
    ) async throws {
        let fixture = try SandboxFixture(configuration)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                for await exit in fixture.starter.exits { await fixture.ends.tell(exit) }
                await fixture.ends.finish()
            }
            let result: Result<Void, any Error>
            do {
                try await body(fixture)
                result = .success(())
            } catch {
                result = .failure(error)
            }
            await fixture.starter.shutdown()
            try await group.waitForAll()
            try result.get()
        }
    }

    /// A code tree with these files, which all may read and run.
    func tree(_ files: [String: String], sizeLimit: Int = 1 << 20) async throws -> CodeTree {
        let tree = try await starter.makeCodeTree(sizeLimit: sizeLimit)
        for (name, text) in files {
            // SAFETY: strings and bytes that live for the calls.
            let file = unsafe openat(tree.root, name, O_WRONLY | O_CREAT | O_EXCL, 0o755)
            try #require(file >= 0)
            let bytes = Array(text.utf8)
            let written = unsafe write(file, bytes, bytes.count)
            #expect(written == bytes.count)
            close(file)
        }
        return tree
    }

    /// Runs a shell script as the bootstrap of an empty sandbox, and gives what it printed and how it ended.
    func run(
        _ script: String, files: [String: String] = [:], limits: TestLimits = TestLimits()
    ) async throws -> (output: String, exit: SandboxExit) {
        let task = try await tree(files.merging(["bootstrap": "#!/bin/sh\n" + script]) { $1 })
        return try await run(.empty, task, environment: [("PATH", "/usr/bin:/bin")], limits: limits)
    }

    /// Runs Python as a function's module, which is all the code an attacker gets to run, in a parked interpreter.
    func runPython(
        _ code: String, files: [String: String] = [:], limits: TestLimits = TestLimits()
    ) async throws -> (output: String, exit: SandboxExit) {
        let prelude = "import os, sys, ctypes, socket, errno\nlibc = ctypes.CDLL(None, use_errno=True)\n"
        let postlude = "\nsys.stdout.flush()\nos._exit(0)\n"
        let task = try await tree(files.merging(["index.py": prelude + code + postlude]) { $1 })
        let environment = [
            ("_HANDLER", "index.handler"), ("LAMBDA_TASK_ROOT", "/var/task"),
            ("AWS_LAMBDA_RUNTIME_API", "127.0.0.1:9001"),
        ]
        return try await run(.python(path: Self.python), task, environment: environment, limits: limits)
    }

    private func run(
        _ program: RuntimeProgram, _ task: CodeTree, environment: [(String, String)], limits: TestLimits
    ) async throws -> (output: String, exit: SandboxExit) {
        let sandbox = try await starter.park(SandboxSpec(runtime: program))
        let id = sandbox.id
        try starter.assign(
            id,
            Assignment(
                task: task, environment: EnvironmentBlock(environment), memoryBytes: limits.memoryBytes,
                cpu: limits.cpu, pids: limits.pids, tmpBytes: limits.tmpBytes))
        let exit = await ends.end(of: id)
        return (Descriptors.text(sandbox.logs), exit)
    }

    /// The machine's interpreter.
    static let python = "/usr/bin/python3"
}

/// What a tested function may use.
struct TestLimits {
    var memoryBytes = 256 << 20
    var cpu = 1.0
    var pids = 64
    var tmpBytes = 16 << 20
}

/// The ends of sandboxes, for those who wait for one.
actor SandboxEnds {
    private var known: [SandboxID: SandboxExit] = [:]
    private var waiting: [SandboxID: CheckedContinuation<SandboxExit, Never>] = [:]
    private(set) var count = 0

    func tell(_ exit: SandboxExit) {
        count += 1
        if known[exit.id] != nil { Issue.record("sandbox \(exit.id) ended twice") }
        known[exit.id] = exit
        waiting.removeValue(forKey: exit.id)?.resume(returning: exit)
    }

    func end(of id: SandboxID) async -> SandboxExit {
        if let exit = known[id] { return exit }
        return await withCheckedContinuation { waiting[id] = $0 }
    }

    func finish() {
        for (id, continuation) in waiting {
            continuation.resume(returning: SandboxExit(id: id, cause: .lost, oomKilled: false, byUs: false))
        }
        waiting = [:]
    }
}
