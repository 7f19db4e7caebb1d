import Foundation
import Sandboxing
import Testing

/// Limits end in the right error, and do not disturb a neighbour.
@Suite(.serialized, .enabled(if: SandboxCapabilities.probe().controllers == Set(CgroupController.allCases)))
struct LimitTests {
    @Test func `a function that takes more memory than its limit is killed for it`() async throws {
        try await SandboxFixture.with { fixture in
            let limits = TestLimits(memoryBytes: 64 << 20)
            let (output, exit) = try await fixture.runPython("x = bytearray(200 << 20)\nprint('held')", limits: limits)
            #expect(output == "")
            #expect(exit.cause == .signalled(9))
            #expect(exit.oomKilled)
            #expect(!exit.byUs)
        }
    }

    @Test func `what is written to the scratch folder counts as memory`() async throws {
        try await SandboxFixture.with { fixture in
            let limits = TestLimits(memoryBytes: 32 << 20, tmpBytes: 256 << 20)
            let (_, exit) = try await fixture.run("head -c 200000000 /dev/zero > /tmp/a; sleep 5", limits: limits)
            #expect(exit.oomKilled)
        }
    }

    @Test func `a killed child does not pass for a killed function`() async throws {
        try await SandboxFixture.with { fixture in
            let limits = TestLimits(memoryBytes: 64 << 20)
            let script = "awk 'BEGIN { x = \"0123456789\"; while (1) x = x x }'; echo $?; exit 4"
            let (output, exit) = try await fixture.run(script, limits: limits)
            #expect(output.hasSuffix("137\n"))
            #expect(exit.cause == .exited(4))
            #expect(!exit.oomKilled)
        }
    }

    @Test func `a fork bomb stays in its sandbox and a neighbour runs on`() async throws {
        let bomb = """
            import time
            count = 0
            try:
                while True:
                    if os.fork() == 0: time.sleep(10); os._exit(0)
                    count += 1
            except OSError as error:
                print(errno.errorcode[error.errno], 20 < count < 40)
            """
        try await SandboxFixture.with { fixture in
            async let bombed = fixture.runPython(bomb, limits: TestLimits(pids: 40))
            let (output, exit) = try await fixture.run("for i in 1 2 3 4 5 6 7 8; do /bin/true & done; wait; echo well")
            #expect(output == "well\n")
            #expect(exit.cause == .exited(0))
            #expect(try await bombed.output == "EAGAIN True\n")
        }
    }

    @Test func `a share of a processor is what the function gets`() async throws {
        let code = """
            import time
            start = time.monotonic()
            while time.monotonic() - start < 1.0: pass
            print(time.process_time())
            """
        try await SandboxFixture.with { fixture in
            let (output, _) = try await fixture.runPython(code, limits: TestLimits(cpu: 0.2))
            let used = try #require(Double(output.trimmingCharacters(in: .whitespacesAndNewlines)))
            #expect(used < 0.5)
        }
    }

    @Test func `a limit below what already runs is the function's error`() async throws {
        try await SandboxFixture.with { fixture in
            let sandbox = try await fixture.starter.park(SandboxSpec(runtime: .python(path: SandboxFixture.python)))
            let task = try await fixture.tree(["index.py": ""])
            try fixture.starter.assign(
                sandbox.id, Assignment(task: task, environment: EnvironmentBlock([]), memoryBytes: 1 << 20))
            let exit = await fixture.ends.end(of: sandbox.id)
            #expect(exit.failure == .limitTooSmall(file: "memory.limit_in_bytes"))
        }
    }

    @Test func `the most memory used can be read while the function runs`() async throws {
        try await SandboxFixture.with { fixture in
            let sandbox = try await fixture.starter.park(SandboxSpec(runtime: .empty))
            let descriptors = sandbox.take()
            let peak = OwnedDescriptor(taking: descriptors.memoryPeak)
            for other in [descriptors.runtimeListener, descriptors.egressListener, descriptors.logs] { close(other) }
            var text = [UInt8](repeating: 0, count: 32)
            // SAFETY: as many bytes as there is room for.
            let length = unsafe pread(peak.borrowed, &text, text.count, 0)
            let bytes = Int(String(decoding: text.prefix(max(0, length - 1)), as: UTF8.self))
            #expect(try #require(bytes) > 100_000)
        }
    }
}
