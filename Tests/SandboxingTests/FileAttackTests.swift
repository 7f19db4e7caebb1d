import Foundation
import Sandboxing
import Testing

/// What an attacker's function tries on files, and what stops it.
@Suite(.serialized, .enabled(if: SandboxFixture.isPossible)) struct FileAttackTests {
    @Test func `the host's files are not there`() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "martlet-\(UUID())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try Data("secret".utf8).write(to: folder.appending(path: "data"))
        let paths = [
            "/etc/shadow", "/root", "/home", "/sys", "/boot", "/host", "/roots", "/trees", "/srv", "/etc/hostname",
            "/var/lib", "/usr/sbin", "/usr/local", "/dev/sda", "/dev/mem", "/dev/kmsg", "/dev/pts", "/dev/shm",
            "/usr/bin/bwrap", "/usr/bin/mount", "/usr/bin/su", folder.path,
        ]
        try await SandboxFixture.with { fixture in
            let tests = paths.map { "test -e \($0) && echo found \($0)" }.joined(separator: "\n")
            let (output, _) = try await fixture.run(tests + "\ngrep -c . /etc/passwd; ls -A / | tr '\\n' ' '")
            #expect(output == "2\nbin dev etc lib lib64 opt proc run sbin tmp usr var ")
        }
    }

    @Test func `nothing but the scratch folder can be written`() async throws {
        let script = """
            for folder in / /usr /usr/bin /etc /lib /var /var/task /var/runtime /opt /dev /proc /run; do
              if touch $folder/x 2>/dev/null; then echo wrote $folder; fi
            done
            for file in /etc/passwd /var/runtime/init /var/task/bootstrap /usr/bin/sh; do
              if (echo x >> $file) 2>/dev/null; then echo wrote $file; fi
            done
            # The file itself could be written by its mode and its mount: it is Landlock that refuses.
            (echo x > /proc/self/comm) 2>&1 | grep -o 'Permission denied'
            touch /tmp/x && mkdir /tmp/y && mv /tmp/x /tmp/y/z && cat /tmp/y/z && echo scratch
            echo x > /dev/null && echo null
            touch /var/tmp/x && echo var
            mknod /tmp/device c 1 3 2>/dev/null || ! test -e /tmp/device || echo device
            ln -s /var/task/bootstrap /tmp/link && (echo x >> /tmp/link) 2>/dev/null && echo wrote link
            printf '#!/bin/sh\\necho ran\\n' > /tmp/run && chmod 4755 /tmp/run && /tmp/run
            """
        try await SandboxFixture.with { fixture in
            let (output, _) = try await fixture.run(script)
            #expect(output == "Permission denied\nscratch\nnull\nvar\nran\n")
        }
    }

    @Test func `the scratch folder holds what it may and no more`() async throws {
        let script = """
            head -c 3000000 /dev/zero > /tmp/a && echo fits
            head -c 3000000 /dev/zero > /tmp/b || echo full
            rm /tmp/a /tmp/b
            i=0; while touch /tmp/f$i 2>/dev/null; do i=$((i+1)); test $i -lt 5000 || break; done
            test $i -lt 5000 && echo counted
            """
        try await SandboxFixture.with { fixture in
            let (output, exit) = try await fixture.run(script, limits: TestLimits(tmpBytes: 4 << 20))
            #expect(output.contains("fits\n"))
            #expect(output.contains("No space left on device"))
            #expect(output.contains("full\ncounted\n"))
            #expect(exit.cause == .exited(0))
        }
    }

    @Test func `one function's code is not seen by another, nor by a parked one`() async throws {
        try await SandboxFixture.with { fixture in
            let secret = try await fixture.tree(["bootstrap": "#!/bin/sh\nsleep 5\n", "marker-of-one": "marker-of-one"])
            let other = try await fixture.starter.park(SandboxSpec(runtime: .empty))
            try fixture.starter.assign(
                other.id, Assignment(task: secret, environment: EnvironmentBlock([]), memoryBytes: 64 << 20))
            let (output, _) = try await fixture.run("find / -name 'marker-of-one' 2>/dev/null; ls /var/task /opt")
            #expect(output == "/opt:\n\n/var/task:\nbootstrap\n")
            fixture.starter.stop(other.id)
        }
    }

    @Test func `code and layers are read-only and in their places`() async throws {
        try await SandboxFixture.with { fixture in
            let task = try await fixture.tree(["a": "task"])
            let layers = try await fixture.tree([
                "bootstrap":
                    "#!/bin/sh\ncat /var/task/a /opt/b; grep -cE ' /(opt|var/task) ro,nosuid,nodev' /proc/self/mountinfo\n",
                "b": "-layer\n",
            ])
            let sandbox = try await fixture.starter.park(SandboxSpec(runtime: .empty))
            try fixture.starter.assign(
                sandbox.id,
                Assignment(task: task, opt: layers, environment: EnvironmentBlock([]), memoryBytes: 64 << 20))
            _ = await fixture.ends.end(of: sandbox.id)
            #expect(Descriptors.text(sandbox.logs) == "task-layer\n2\n")
        }
    }

    @Test func `a code tree holds what it may and no more`() async throws {
        try await SandboxFixture.with { fixture in
            let tree = try await fixture.starter.makeCodeTree(sizeLimit: 1 << 20)
            let file = unsafe openat(tree.root, "big", O_WRONLY | O_CREAT, 0o644)
            defer { close(file) }
            let bytes = [UInt8](repeating: 1, count: 2 << 20)
            let written = unsafe write(file, bytes, bytes.count)
            #expect(written <= 1 << 20)
        }
    }
}
