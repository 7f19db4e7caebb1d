import Foundation
import Sandboxing
import Testing

/// A sandbox from its parking to its end, and what is left of it.
@Suite(.serialized, .enabled(if: SandboxFixture.isPossible)) struct LifecycleTests {
    private static let python = SandboxSpec(runtime: .python(path: SandboxFixture.python))

    private func assignment(_ task: CodeTree, fresh: Bool = false, _ environment: [(String, String)] = []) -> Assignment
    {
        let always = [
            ("_HANDLER", "index.handler"), ("AWS_LAMBDA_RUNTIME_API", "127.0.0.1:9001"),
            ("LAMBDA_TASK_ROOT", "/var/task"),
        ]
        return Assignment(
            task: task, environment: EnvironmentBlock(always + environment), memoryBytes: 128 << 20, freshProcess: fresh
        )
    }

    @Test func `a sandbox serves one function in its life`() async throws {
        try await SandboxFixture.with { fixture in
            let task = try await fixture.tree(["bootstrap": "#!/bin/sh\nsleep 10\n"])
            let sandbox = try await fixture.starter.park(SandboxSpec(runtime: .empty))
            try fixture.starter.assign(sandbox.id, assignment(task))
            let other = try await fixture.tree(["bootstrap": "#!/bin/sh\necho second\n"])
            try fixture.starter.assign(sandbox.id, assignment(other))
            let exit = await fixture.ends.end(of: sandbox.id)
            #expect(exit.failure == .alreadyAssigned)
            #expect(Descriptors.text(sandbox.logs) == "")
        }
    }

    @Test func `further ports are made for the host, but none that needs rights or is taken`() async throws {
        try await SandboxFixture.with { fixture in
            let sandbox = try await fixture.starter.park(Self.python)
            try fixture.starter.listen(sandbox.id, at: [5432, 80, 9001, 9002, 65535])
            var made: [UInt16: Int32] = [:]
            var listeners: [SandboxDoor] = []
            for await door in fixture.starter.doors {
                made[door.port] = door.error
                listeners.append(door)
                if listeners.count == 5 { break }
            }
            #expect(made == [5432: 0, 80: EINVAL, 9001: EADDRINUSE, 9002: EADDRINUSE, 65535: 0])
            for door in listeners { #expect((door.take() != nil) == (door.error == 0)) }
            let code = """
                import os, socket
                for port in (5432, 65535, 5433):
                    try:
                        socket.create_connection(("127.0.0.1", port), timeout=2)
                        print(port, "open")
                    except OSError as error:
                        print(port, type(error).__name__)
                os._exit(0)
                """
            try fixture.starter.listen(sandbox.id, at: [5433])
            try fixture.starter.assign(sandbox.id, assignment(try await fixture.tree(["index.py": code])))
            _ = await fixture.ends.end(of: sandbox.id)
            // The first two were given up again; the third was asked for before the function was.
            let said = Descriptors.text(sandbox.logs)
            #expect(said == "5432 ConnectionRefusedError\n65535 ConnectionRefusedError\n5433 open\n")
        }
    }

    @Test func `stopping is told once, and may be asked for often`() async throws {
        try await SandboxFixture.with { fixture in
            let sandbox = try await fixture.starter.park(Self.python)
            for _ in 0..<3 { fixture.starter.stop(sandbox.id) }
            let exit = await fixture.ends.end(of: sandbox.id)
            #expect(exit.cause == .signalled(SIGKILL))
            #expect(exit.byUs && !exit.oomKilled)
            fixture.starter.stop(sandbox.id)
            fixture.starter.stop(SandboxID(number: 4711))
            // What comes too late is ignored: its end has been told.
            try fixture.starter.assign(sandbox.id, assignment(try await fixture.tree([:])))
            #expect(try await fixture.run("exit 3").exit.cause == .exited(3))
            #expect(await fixture.ends.count == 2)
        }
    }

    @Test func `code without a program is the function's fault, and is told`() async throws {
        try await SandboxFixture.with { fixture in
            let task = try await fixture.tree(["other": ""])
            let sandbox = try await fixture.starter.park(SandboxSpec(runtime: .empty))
            try fixture.starter.assign(sandbox.id, assignment(task))
            #expect(await fixture.ends.end(of: sandbox.id).failure == .noProgram(errno: ENOENT))
        }
    }

    @Test(arguments: [(6, "abort"), (11, "segv"), (9, "kill")])
    func `a signal that ends the runtime is told as it was`(_ signal: Int32, _ name: String) async throws {
        try await SandboxFixture.with { fixture in
            let (_, exit) = try await fixture.run("kill -\(signal) $$")
            #expect(exit.cause == .signalled(signal))
            #expect(!exit.oomKilled && !exit.byUs)
        }
    }

    @Test func `what the runtime leaves behind is reaped, and ends with it`() async throws {
        try await SandboxFixture.with { fixture in
            let script =
                "(sleep 0.01 &) ; (sleep 60 &) ; sleep 0.1; grep -c '^State:.Z' /proc/[0-9]*/status | grep -c ':1'; exit 0"
            let (output, exit) = try await fixture.run(script)
            #expect(output == "0\n")
            #expect(exit.cause == .exited(0))
        }
    }

    @Test func `an interpreter run anew reads the environment from its start`() async throws {
        try await SandboxFixture.with { fixture in
            let code =
                "import os, sys\nprint(os.environ['LD_LIBRARY_PATH'], 'MARTLET_PARK_FD' in os.environ, flush=True)\nos._exit(0)\n"
            let task = try await fixture.tree(["index.py": code])
            let sandbox = try await fixture.starter.park(Self.python)
            try fixture.starter.assign(
                sandbox.id, assignment(task, fresh: true, [("LD_LIBRARY_PATH", "/opt/lib")]))
            let exit = await fixture.ends.end(of: sandbox.id)
            #expect(Descriptors.text(sandbox.logs) == "/opt/lib False\n")
            #expect(exit.cause == .exited(0))
        }
    }

    @Test func `no more sandboxes are made than there are slots, and a slot is used again`() async throws {
        let configuration = StarterConfiguration(program: SandboxFixture.program, slots: 2)
        try await SandboxFixture.with(configuration) { fixture in
            let first = try await fixture.starter.park(SandboxSpec(runtime: .empty))
            let second = try await fixture.starter.park(SandboxSpec(runtime: .empty))
            await #expect(throws: SandboxError.hostBusy) {
                _ = try await fixture.starter.park(SandboxSpec(runtime: .empty))
            }
            fixture.starter.stop(first.id)
            _ = await fixture.ends.end(of: first.id)
            try await Task.sleep(for: .milliseconds(100))
            let third = try await fixture.starter.park(SandboxSpec(runtime: .empty))
            fixture.starter.stop(second.id)
            fixture.starter.stop(third.id)
        }
    }

    @Test func `an interpreter that is not there is an error, and so is one that does not start`() async throws {
        try await SandboxFixture.with { fixture in
            await #expect(throws: SandboxError.self) {
                _ = try await fixture.starter.park(SandboxSpec(runtime: .python(path: "/usr/bin/python9")))
            }
            await #expect(throws: SandboxError.self) {
                _ = try await fixture.starter.park(SandboxSpec(runtime: .python(path: "/usr/bin/false")))
            }
            let sandbox = try await fixture.starter.park(SandboxSpec(runtime: .empty))
            fixture.starter.stop(sandbox.id)
        }
    }

    @Test func `when the starter is killed its sandboxes end, and their groups go`() async throws {
        try await SandboxFixture.with { fixture in
            let sandbox = try await fixture.starter.park(Self.python)
            let group = sandbox.memoryGroup
            kill(fixture.starter.processID, SIGKILL)
            let exit = await fixture.ends.end(of: sandbox.id)
            #expect(exit.cause == .lost)
            await #expect(throws: SandboxError.starterGone) { _ = try await fixture.starter.park(Self.python) }
            guard let group else { return }
            #expect(!FileManager.default.fileExists(atPath: group))
        }
    }

    @Test func `what a server that is gone left behind is removed by the next`() async throws {
        try await SandboxFixture.with { first in
            for folder in first.starter.groupFolders {
                let parent = URL(filePath: folder).deletingLastPathComponent()
                let stale = parent.appending(path: "martlet-4194304-1-1")
                try FileManager.default.createDirectory(
                    at: stale.appending(path: "7"), withIntermediateDirectories: true)
                try await SandboxFixture.with { _ in
                    #expect(!FileManager.default.fileExists(atPath: stale.path))
                    #expect(FileManager.default.fileExists(atPath: folder))
                }
            }
        }
    }

    @Test func `what burns a small share of a processor does not take minutes to die`() async throws {
        try await SandboxFixture.with { fixture in
            let script = "#!/bin/sh\nfor i in $(seq 150); do (while :; do :; done) & done\nwait\n"
            let task = try await fixture.tree(["bootstrap": script])
            let sandbox = try await fixture.starter.park(SandboxSpec(runtime: .empty))
            var little = assignment(task)
            little.cpu = 0.05
            try fixture.starter.assign(sandbox.id, little)
            try await Task.sleep(for: .seconds(1))
            let begun = ContinuousClock.now
            fixture.starter.stop(sandbox.id)
            _ = await fixture.ends.end(of: sandbox.id)
            #expect(ContinuousClock.now - begun < .seconds(30))
        }
    }

    @Test func `after many kills nothing is left`() async throws {
        let cycles = ProcessInfo.processInfo.environment["MARTLET_SOAK"] == nil ? 200 : 1000
        try await SandboxFixture.with { fixture in
            let task = try await fixture.tree(["bootstrap": "#!/bin/sh\nsleep 60 & sleep 60\n"])
            func cycle(_ number: Int) async throws {
                let sandbox = try await fixture.starter.park(SandboxSpec(runtime: .empty))
                if number % 2 == 0 { try fixture.starter.assign(sandbox.id, assignment(task)) }
                fixture.starter.stop(sandbox.id)
                _ = await fixture.ends.end(of: sandbox.id)
            }
            try await cycle(0)
            try await Task.sleep(for: .milliseconds(200))
            let before = Leftovers(of: fixture.starter)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for worker in 0..<4 {
                    group.addTask { for number in 0..<(cycles / 4) { try await cycle(worker + number) } }
                }
                try await group.waitForAll()
            }
            // What has been killed is removed a moment later.
            for _ in 0..<100 where Leftovers(of: fixture.starter) != before {
                try await Task.sleep(for: .milliseconds(20))
            }
            #expect(Leftovers(of: fixture.starter) == before)
        }
    }
}
