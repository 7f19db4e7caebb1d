import Foundation
import Testing

@testable import Egress

/// The clients that people have, through their usual `http_proxy` settings; each is skipped where it is not installed.
struct ClientTests {
    private func run(_ program: String, _ arguments: [String], proxy: Int) async throws -> String? {
        guard FileManager.default.isExecutableFile(atPath: program) else {
            print("skipped: no \(program)")
            return nil
        }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = arguments
        let address = "http://127.0.0.1:\(proxy)"
        process.environment = ProcessInfo.processInfo.environment.merging(
            ["http_proxy": address, "https_proxy": address, "no_proxy": "", "HTTPS_PROXY": address]) { $1 }
        let output = Pipe()
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        return try await withCheckedThrowingContinuation { continuation in
            process.terminationHandler = { _ in
                let bytes = output.fileHandleForReading.readDataToEndOfFile()
                continuation.resume(returning: String(decoding: bytes, as: UTF8.self))
            }
            do { try process.run() } catch { continuation.resume(throwing: error) }
        }
    }

    @Test func `curl speaks plain HTTP, TLS in a tunnel, and hears a refusal`() async throws {
        let certificates = try Certificates()
        try await TestServer.with(TestServer.answering(TestServer.hello)) { plain in
            try await TestServer.with(tls: certificates.server, TestServer.answering(TestServer.hello)) { secure in
                let rules = """
                    [{"host":"localhost.test","ports":[\(plain.port),\(secure.port)],"addresses":["127.0.0.1"]}]
                    """
                try await EgressFixture.with(rules) { egress in
                    let curl = "/usr/bin/curl"
                    guard
                        let first = try await run(
                            curl, ["-s", "http://localhost.test:\(plain.port)/"], proxy: egress.port)
                    else { return }
                    #expect(first == "hello")
                    let second = try await run(
                        curl, ["-sk", "https://localhost.test:\(secure.port)/"], proxy: egress.port)
                    #expect(second == "hello")
                    let third = try await run(
                        curl, ["-s", "-d", "x=y", "-w", "%{http_code}", "http://other.test/"], proxy: egress.port)
                    #expect(third?.hasSuffix("403") == true && third?.contains("host-not-allowed") == true)
                }
            }
        }
    }

    @Test func `Python speaks plain HTTP and TLS in a tunnel`() async throws {
        let certificates = try Certificates()
        let program = """
            import ssl, sys, urllib.request
            context = ssl._create_unverified_context()
            print(urllib.request.urlopen(sys.argv[1]).read().decode())
            print(urllib.request.urlopen(sys.argv[2], context=context).read().decode())
            try:
                import requests, urllib3
                urllib3.disable_warnings()
                session = requests.Session()
                for _ in range(3):
                    assert session.get(sys.argv[1]).text == "hello"
                    assert session.get(sys.argv[2], verify=False).text == "hello"
                assert session.get("http://other.test/").status_code == 403
                assert session.post(sys.argv[1], data=iter([b"a", b"b"])).status_code == 200
            except ImportError:
                pass
            print("done")
            """
        let script: TestServer.Script = {
            $0.hasSuffix("\r\n\r\n") && (!$0.hasPrefix("POST") || $0.hasSuffix("0\r\n\r\n"))
                ? .send(TestServer.hello) : .wait
        }
        try await TestServer.with(script) { plain in
            try await TestServer.with(tls: certificates.server, script) { secure in
                let rules = """
                    [{"host":"localhost.test","ports":[\(plain.port),\(secure.port)],"addresses":["127.0.0.1"]}]
                    """
                try await EgressFixture.with(rules) { egress in
                    let arguments = [
                        "python3", "-c", program, "http://localhost.test:\(plain.port)/",
                        "https://localhost.test:\(secure.port)/",
                    ]
                    let output = try await run("/usr/bin/env", arguments, proxy: egress.port)
                    #expect(output == "hello\nhello\ndone\n")
                }
            }
        }
    }
}
