import Foundation
import Glibc
import Sandboxing
import Testing

/// What an attacker's function tries, and what stops it.
///
/// Each protection has a test that tries to break it.
@Suite(.serialized, .enabled(if: SandboxFixture.isPossible)) struct AttackTests {
    @Test func `the runtime has no capability, gains none, and runs behind a filter`() async throws {
        try await SandboxFixture.with { fixture in
            let (output, _) = try await fixture.run(
                "grep -E '^(Uid|Gid|Groups|Cap...|NoNewPrivs|Seccomp):' /proc/self/status")
            let lines = output.split(separator: "\n").map { $0.replacing("\t", with: " ") }
            for set in ["CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"] {
                #expect(lines.contains("\(set): 0000000000000000"))
            }
            #expect(lines.contains("NoNewPrivs: 1"))
            #expect(lines.contains("Seccomp: 2"))
            #expect(lines.contains("Uid: 1000 1000 1000 1000"))
        }
    }

    #if arch(x86_64)
        @Test func `calls that lead out of a sandbox are refused`() async throws {
            let calls = [
                "mount": 165, "umount2": 166, "pivot_root": 155, "chroot": 161, "unshare": 272, "setns": 308,
                "ptrace": 101, "process_vm_readv": 310, "bpf": 321, "perf_event_open": 298, "userfaultfd": 323,
                "io_uring_setup": 425, "keyctl": 250, "add_key": 248, "open_tree": 428, "move_mount": 429,
                "fsopen": 430, "mount_setattr": 442, "init_module": 175, "kexec_load": 246, "reboot": 169,
                "open_by_handle_at": 304, "pidfd_getfd": 438, "settimeofday": 164, "sethostname": 170,
            ]
            let code = calls.sorted { $0.key < $1.key }.map { name, number in
                "print('\(name)', libc.syscall(\(number), 0, 0, 0, 0, 0, 0), errno.errorcode.get(ctypes.get_errno()))"
            }
            try await SandboxFixture.with { fixture in
                let (output, _) = try await fixture.runPython(code.joined(separator: "\n"))
                for name in calls.keys { #expect(output.contains("\(name) -1 EPERM\n"), "\(name)") }
            }
        }

        @Test func `no new namespace is made by clone either`() async throws {
            let code = """
                for flag in (0x20000, 0x2000000, 0x4000000, 0x8000000, 0x10000000, 0x20000000, 0x40000000):
                    child = libc.syscall(56, flag | 17, 0, 0, 0, 0)
                    if child == 0: os._exit(0)
                    print('clone', child, errno.errorcode.get(ctypes.get_errno()))
                print('clone3', libc.syscall(435, 0, 0), errno.errorcode.get(ctypes.get_errno()))
                """
            try await SandboxFixture.with { fixture in
                let (output, _) = try await fixture.runPython(code)
                #expect(output.components(separatedBy: "clone -1 EPERM\n").count == 8)
                #expect(output.contains("clone3 -1 ENOSYS"))
            }
        }

        @Test(arguments: ["b8270000400f05c3", "b814000000cd80c3"])
        func `the numbers of another architecture's calls end the runtime`(_ machineCode: String) async throws {
            // x32's bit in the number of a call; and the 32-bit way to make one.
            let code = """
                import mmap
                area = mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
                area.write(bytes.fromhex('\(machineCode)'))
                ctypes.CFUNCTYPE(ctypes.c_long)(ctypes.addressof(ctypes.c_char.from_buffer(area)))()
                print('survived')
                """
            try await SandboxFixture.with { fixture in
                let (output, exit) = try await fixture.runPython(code)
                #expect(output == "")
                #expect(exit.cause == .signalled(SIGSYS))
            }
        }
    #endif

    @Test func `sockets are local or IP, never raw, and nothing is typed into a terminal`() async throws {
        let code = """
            def attempt(name, *arguments):
                try:
                    socket.socket(*arguments)
                    print(name, 'made')
                except OSError as error:
                    print(name, errno.errorcode[error.errno])
            attempt('netlink', socket.AF_NETLINK, socket.SOCK_RAW, 0)
            attempt('packet', socket.AF_PACKET, socket.SOCK_RAW, 0)
            attempt('vsock', 40, socket.SOCK_STREAM, 0)
            attempt('alg', 38, socket.SOCK_SEQPACKET, 0)
            attempt('raw', socket.AF_INET, socket.SOCK_RAW, 1)
            attempt('raw6', socket.AF_INET6, socket.SOCK_RAW, 58)
            attempt('raw-flags', socket.AF_INET, socket.SOCK_RAW | socket.SOCK_CLOEXEC, 255)
            attempt('tcp', socket.AF_INET, socket.SOCK_STREAM, 0)
            attempt('unix', socket.AF_UNIX, socket.SOCK_STREAM, 0)
            import fcntl
            try:
                fcntl.ioctl(0, 0x5412, b'x')
                print('typed')
            except OSError as error:
                print('tiocsti', errno.errorcode[error.errno])
            """
        try await SandboxFixture.with { fixture in
            let (output, _) = try await fixture.runPython(code)
            for name in ["netlink", "packet", "vsock", "alg", "raw", "raw6", "raw-flags"] {
                #expect(output.contains("\(name) EAFNOSUPPORT\n"), "\(name)")
            }
            #expect(output.contains("tcp made\nunix made\n"))
            #expect(output.contains("tiocsti EPERM\n"))
        }
    }

    @Test func `no network but its own loopback is there, and the host's loopback is not`() async throws {
        let host = try LoopbackListener.make()
        let code = """
            print('devices', sorted(line.split(':')[0].strip() for line in open('/proc/net/dev').readlines()[2:]))
            def attempt(name, family, address):
                try:
                    socket.socket(family, socket.SOCK_STREAM).connect(address)
                    print(name, 'connected')
                except OSError as error:
                    print(name, errno.errorcode[error.errno])
            attempt('world', socket.AF_INET, ('192.0.2.1', 80))
            attempt('metadata', socket.AF_INET, ('169.254.169.254', 80))
            attempt('host', socket.AF_INET, ('127.0.0.1', \(host.port)))
            attempt('door', socket.AF_INET, ('127.0.0.1', 9001))
            try:
                socket.socket(socket.AF_INET, socket.SOCK_STREAM).bind(('127.0.0.1', 9001))
                print('door taken')
            except OSError as error:
                print('bind', errno.errorcode[error.errno])
            """
        try await SandboxFixture.with { fixture in
            let (output, _) = try await fixture.runPython(code)
            #expect(output.contains("devices ['lo']\n"))
            #expect(output.contains("world ENETUNREACH\nmetadata ENETUNREACH\n"))
            #expect(output.contains("host ECONNREFUSED\n"))
            #expect(output.contains("door connected\nbind EADDRINUSE\n"))
        }
        _ = host.descriptor.borrowed
    }

    @Test func `no process of the host is seen, and the first of the sandbox cannot be touched`() async throws {
        let code = """
            pids = sorted(int(name) for name in os.listdir('/proc') if name.isdigit())
            print('pids', len(pids) <= 3 and 1 in pids and os.getpid() in pids)
            def attempt(name, action):
                try:
                    print(name, action())
                except OSError as error:
                    print(name, errno.errorcode[error.errno])
            attempt('kill', lambda: os.kill(1, 9))
            attempt('stop', lambda: os.kill(1, 19))
            attempt('host', lambda: os.kill(\(getpid()), 0))
            for file in ('environ', 'mem', 'maps', 'fd', 'root', 'cwd', 'exe'):
                path = '/proc/1/' + file
                attempt(file, lambda: len(os.listdir(path + '/.')) if file in ('fd', 'root', 'cwd')
                        else os.readlink(path) if file == 'exe' else len(open(path, 'rb').read(1)))
            import time
            time.sleep(0.05)
            print('alive')
            """
        try await SandboxFixture.with { fixture in
            let (output, exit) = try await fixture.runPython(code)
            #expect(output.contains("pids True\n"), "\(output)")
            #expect(output.contains("host ESRCH\n"))
            for file in ["environ", "mem", "maps", "fd", "root", "cwd", "exe"] {
                #expect(output.contains("\(file) EACCES\n") || output.contains("\(file) EPERM\n"), "\(file): \(output)")
            }
            #expect(output.hasSuffix("alive\n"))
            #expect(exit.cause == .exited(0))
        }
    }

    @Test func `no descriptor of the host is inherited`() async throws {
        try await SandboxFixture.with { fixture in
            let (output, _) = try await fixture.run("ls /proc/self/fd; readlink /proc/self/fd/0")
            #expect(output == "0\n1\n2\n3\n/dev/null\n", "3 is the folder that is listed")
            // The runtime client has a connection to its own door, and nothing else.
            let code =
                "print([os.readlink(f'/proc/self/fd/{n}').split(':')[0] for n in range(3, 16) if os.path.exists(f'/proc/self/fd/{n}')])"
            let (python, _) = try await fixture.runPython(code)
            #expect(["[]\n", "['socket']\n"].contains(python))
        }
    }
}
