import BenchReport
import Foundation
import Glibc

/// Measures the way out beside the direct connection: `egress-bench [SECONDS] [ROUNDS] [http|tunnel] [--json]`,
/// 2 seconds and 5 rounds of everything unless told.
///
/// Three processes talk over the machine's own loopback: a client, a server, and between them the proxy or nothing. Each is as
/// lean as it can be made, so that what the proxy adds weighs most: the HTTP server answers without reading, the client
/// counts bytes, and the bulk ends are blocking calls of 256 KiB on a thread. Direct and proxied runs alternate, so that what else
/// the machine does falls on both; a ratio is that of the medians, and the range is that of the rounds' own ratios.
///
/// - `http, a server that reads`: 16 connections, one request at a time on each, 1 KiB answers, from a server that reads
///   its requests with the parser of NIO, as servers do.
/// - `http`: 16 connections, one request at a time on each, 1 KiB answers; the proxy is asked in absolute form, its rules judge
///   method and path. `http governed`: the same, where each call is let in by an event loop of its own, as the governor does.
///   `http 10000 rules`: the same as `http` with so many rules beside the one that fits, against the proxy with one rule.
/// - `tunnel out`, `tunnel in`: one stream through CONNECT, sent to or by the server.
///
/// Each row is one line: name, direct, proxied, ratio, range of ratios; with `--json` an object for `dev/bench`. Exit status
/// 0; whether a ratio is good enough is for who reads it to say.
@main enum EgressBench {
    static func main() throws {
        signal(SIGPIPE, SIG_IGN)
        let words = CommandLine.arguments.dropFirst().filter { $0 != "--json" }
        switch words.first {
        case "serve-http": try HTTPServer.run(reads: words.contains("reads"))
        case "serve-bulk": try BulkServer.run()
        case "proxy":
            try Proxy.run(upstream: words[1], rules: Int(words[2]) ?? 1, isGoverned: words.contains("governed"))
        default:
            let seconds = words.first.flatMap { Double($0) } ?? 2
            let rounds = words.dropFirst().first.flatMap { Int($0) } ?? 5
            try measure(seconds, rounds: max(1, rounds), rows: words.count > 2 ? words[2] : "")
        }
    }

    private static var isJSON: Bool { CommandLine.arguments.contains("--json") }

    private static func measure(_ seconds: Double, rounds: Int, rows: String) throws {
        if rows != "tunnel" { try measureHTTP(seconds, rounds) }
        if rows != "http" { try measureTunnel(seconds, rounds) }
    }

    private static func measureHTTP(_ seconds: Double, _ rounds: Int) throws {
        let reading = try Child("serve-http", "reads")
        let before = try Child("proxy", "\(reading.port)", "1")
        let (plain, through) = (Self.direct(reading), Self.proxied(before, reading))
        try compare(
            "http, a server that reads", "requests/s", rounds, { try plain.run(seconds) }, { try through.run(seconds) })
        for child in [before, reading] { child.end() }
        let web = try Child("serve-http")
        let direct = Self.direct(web)
        func proxied(_ proxy: Child) -> HTTPLoad { Self.proxied(proxy, web) }
        let one = try Child("proxy", "\(web.port)", "1")
        let governed = try Child("proxy", "\(web.port)", "1", "governed")
        let many = try Child("proxy", "\(web.port)", "10000")
        let unit = "requests/s"
        try compare("http", unit, rounds, { try direct.run(seconds) }, { try proxied(one).run(seconds) })
        try compare("http governed", unit, rounds, { try direct.run(seconds) }, { try proxied(governed).run(seconds) })
        try compare(
            "http 10000 rules", unit, rounds, { try proxied(one).run(seconds) }, { try proxied(many).run(seconds) })
        for child in [one, governed, many, web] { child.end() }
    }

    private static func direct(_ web: Child) -> HTTPLoad {
        HTTPLoad(port: web.port, target: "/v1/items", host: "127.0.0.1:\(web.port)")
    }

    private static func proxied(_ proxy: Child, _ web: Child) -> HTTPLoad {
        let host = "localhost.test:\(web.port)"
        return HTTPLoad(port: proxy.port, target: "http://\(host)/v1/items", host: host)
    }

    private static func measureTunnel(_ seconds: Double, _ rounds: Int) throws {
        let bulk = try Child("serve-bulk")
        let proxy = try Child("proxy", "\(bulk.port)", "1")
        for direction in BulkLoad.Direction.allCases {
            let load = BulkLoad(port: bulk.port, tunnel: nil, direction: direction)
            let through = BulkLoad(port: proxy.port, tunnel: "localhost.test:\(bulk.port)", direction: direction)
            try compare(
                "tunnel \(direction.rawValue)", "MB/s", rounds, { try load.run(seconds) }, { try through.run(seconds) })
        }
        for child in [proxy, bulk] { child.end() }
    }

    private static func compare(
        _ name: String, _ unit: String, _ rounds: Int, _ direct: () throws -> Double, _ proxied: () throws -> Double
    ) throws {
        // A round of each is thrown away.
        var (first, second) = ([Double](), [Double]())
        for round in 0...rounds {
            let (left, right) = (try direct(), try proxied())
            if round > 0 {
                first.append(left)
                second.append(right)
            }
        }
        let (yardstick, ours) = (first.sorted()[rounds / 2], second.sorted()[rounds / 2])
        if isJSON {
            let report = Report(isJSON: true)
            return report.row("way out: \(name)", ours, unit, against: ("direct, or one rule", yardstick))
        }
        let ratios = zip(first, second).map { $1 / $0 * 100 }
        let ratio = ours / yardstick * 100
        let (least, most) = (ratios.min() ?? 0, ratios.max() ?? 0)
        let figures = "\(Int(yardstick)) and \(Int(ours)) \(unit)"
        let range = "(\(Int(least.rounded())) to \(Int(most.rounded())) %)"
        say("\(name): \(figures), \(Int(ratio.rounded())) % \(range)")
    }

    /// Prints a line at once, also where nobody looks on.
    static func say(_ line: String) { FileHandle.standardOutput.write(Data((line + "\n").utf8)) }
}

/// This program once more in another role; it ends with its standard input.
final class Child {
    let port: Int
    private let process = Process()
    private let input = Pipe()

    init(_ words: String...) throws {
        let output = Pipe()
        process.executableURL = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
        process.arguments = words
        process.standardInput = input
        process.standardOutput = output
        try process.run()
        var line = Data()
        while let byte = try output.fileHandleForReading.read(upToCount: 1), byte.first != UInt8(ascii: "\n") {
            line += byte
        }
        guard let port = Int(String(decoding: line, as: UTF8.self)) else {
            throw BenchFailure("\(words) did not start")
        }
        self.port = port
    }

    func end() {
        input.fileHandleForWriting.closeFile()
        process.waitUntilExit()
    }

    /// In the child: says where it listens, and waits for its end.
    static func serve(at port: Int) -> Never {
        EgressBench.say("\(port)")
        while let line = readLine() { _ = line }
        exit(0)
    }
}

/// Something did not go as a benchmark needs it.
struct BenchFailure: Error {
    let reason: String

    init(_ reason: String) { self.reason = reason }
}
