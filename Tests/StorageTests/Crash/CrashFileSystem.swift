import Foundation
import TestSupport
import Testing

/// A mounted `dev/crashfs.c`: it loses, when told to, what was not made durable.
struct CrashFileSystem {
    /// How the power goes.
    enum Cut: Int32 {
        case clean = 10  // SIGUSR1
        case torn = 12  // SIGUSR2
    }

    let mount: String
    private let program: Program

    /// Whether this machine can mount one: it has FUSE, libfuse3 and a C compiler.
    static let program: Task<String?, Never> = Task {
        let binary = BuildFolder.path + "/crashfs"
        let source = Suites.packageRoot + "/dev/crashfs.c"
        guard FileManager.default.fileExists(atPath: "/dev/fuse") else { return nil }
        let build = "cc -O1 -o \(binary) \(source) $(pkg-config fuse3 --cflags --libs)"
        // No compiler is the same as one that fails: the tests are skipped.
        guard (try? await Program.run("/bin/sh", ["-c", build])) == 0 else { return nil }
        return binary
    }

    /// Mounts it over a folder that keeps what is durable.
    static func mounted(over backing: String, at mount: String, options: [String]) async throws -> CrashFileSystem? {
        guard let binary = await program.value else { return nil }
        try FileManager.default.createDirectory(atPath: backing, withIntermediateDirectories: true)
        try FileManager.default.createDirectory(atPath: mount, withIntermediateDirectories: true)
        let program = try Program(binary, [backing, mount] + options, output: mount + ".output")
        guard try await program.wait(seconds: 10, until: { $0.contains("ready") }) else {
            program.send(SIGKILL)
            return nil
        }
        return CrashFileSystem(mount: mount, program: program)
    }

    /// Cuts the power, and takes the dead mount away.
    func cut(_ cut: Cut) async throws {
        program.send(cut.rawValue)
        #expect(try await program.ended(within: 10), "the file system did not end")
        #expect(try await Program.run("/bin/umount", ["-l", mount]) == 0)
    }
}
