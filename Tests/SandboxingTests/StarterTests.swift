import Foundation
import Sandboxing
import Testing

@Suite(.serialized, .enabled(if: SandboxFixture.isPossible)) struct StarterTests {
    @Test func `a script runs in an empty sandbox and its end is told`() async throws {
        try await SandboxFixture.with { fixture in
            let (output, exit) = try await fixture.run("echo hello; exit 3")
            #expect(output == "hello\n")
            #expect(exit.cause == .exited(3))
        }
    }

    @Test(arguments: [RuntimeProgram.python(path: "/usr/bin/python3"), .node(path: "/usr/bin/node")])
    func `a parked interpreter wakes with the function's code and asks for work`(_ program: RuntimeProgram) async throws
    {
        guard let path = program.path, FileManager.default.fileExists(atPath: path) else { return }
        try await SandboxFixture.with { fixture in
            let sandbox = try await fixture.starter.park(SandboxSpec(runtime: program))
            let task = try await fixture.tree([
                "index.py": "def handler(event, context): return event",
                "index.js": "exports.handler = async (event) => event",
            ])
            let environment = [
                ("_HANDLER", "index.handler"), ("LAMBDA_TASK_ROOT", "/var/task"),
                ("AWS_LAMBDA_RUNTIME_API", "127.0.0.1:9001"),
            ]
            try fixture.starter.assign(
                sandbox.id, Assignment(task: task, environment: EnvironmentBlock(environment), memoryBytes: 256 << 20))
            // The caller is held: a runtime that loses its connection ends by itself.
            let caller = Descriptors.caller(at: sandbox.runtimeListener) ?? OwnedDescriptor(taking: -1)
            let request = Descriptors.text(caller.borrowed, all: false)
            #expect(request.hasPrefix("GET /2018-06-01/runtime/invocation/next"), "\(Descriptors.text(sandbox.logs))")
            fixture.starter.stop(sandbox.id)
            let exit = await fixture.ends.end(of: sandbox.id)
            #expect(exit.byUs)
        }
    }
}

extension RuntimeProgram {
    /// The interpreter's path.
    var path: String? {
        switch self {
        case .python(let path), .node(let path): path
        case .empty: nil
        }
    }
}
