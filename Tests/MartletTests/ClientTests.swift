import Core
import Testing

@testable import martlet

@Suite struct ClientTests {
    @Test func `an endpoint is a host and a port`() throws {
        #expect(try ServerAccess.parse("http://127.0.0.1:4570") == ("127.0.0.1", 4570))
        #expect(try ServerAccess.parse("http://localhost:4570/") == ("localhost", 4570))
        #expect(try ServerAccess.parse("http://example.lan") == ("example.lan", 80))
        #expect(try ServerAccess.parse("http://[::1]:4570") == ("::1", 4570))
        #expect(try ServerAccess.parse("http://[::1]") == ("::1", 80))
        for text in [
            "", "127.0.0.1:1", "https://a:1", "http://", "http://a:0", "http://a:x", "http://a/b", "http://:1",
        ] {
            #expect(throws: ClientError.badEndpoint(text)) { _ = try ServerAccess.parse(text) }
        }
    }

    @Test func `credentials that are half there are asked for`() async throws {
        await #expect(throws: ClientError.noCredentials) {
            _ = try await ServerAccess.find(dataDir: nil, environment: ["AWS_ENDPOINT_URL": "http://127.0.0.1:1"])
        }
    }

    @Test func `a folder without a server says how to start one`() async throws {
        await #expect(throws: ClientError.noServer(folder: "/nonexistent")) {
            _ = try await ServerAccess.find(dataDir: "/nonexistent", environment: ["AWS_ENDPOINT_URL": "x"])
        }
    }

    @Test func `a time span is a number and a unit`() {
        #expect(TimeSpan(argument: "10m")?.milliseconds == 600_000)
        #expect(TimeSpan(argument: "0s")?.milliseconds == 0)
        #expect(TimeSpan(argument: "2d")?.milliseconds == 172_800_000)
        for text in ["", "10", "m", "-1m", "1y", "99999999999999999999s", "1.5h"] {
            #expect(TimeSpan(argument: text) == nil, "\(text)")
        }
    }

    @Test func `a payload is text, a file or refused with the place of the mistake`() throws {
        #expect(try FunctionInvoke.bytes(of: #"{"a":1}"#) == Array(#"{"a":1}"#.utf8))
        #expect(throws: ClientError.self) { _ = try FunctionInvoke.bytes(of: "hello") }
        #expect(throws: ClientError.badInput("The file '/nonexistent' cannot be read.")) {
            _ = try FunctionInvoke.bytes(of: "@/nonexistent")
        }
    }

    @Test func `functions are columns for people and tabs for pipes`() {
        let table = FunctionList.table(of: [
            ["FunctionName": "resize", "Runtime": "python3.11", "MemorySize": 128, "Timeout": 3],
            ["FunctionName": "a"],
        ])
        #expect(table.lines(interactive: false) == ["resize\tpython3.11\t128 MB\t3 s\t-", "a\t-\t-\t-\t-"])
        let lines = table.lines(interactive: true)
        #expect(lines[0] == "NAME    RUNTIME     MEMORY  TIMEOUT  CHANGED")
        #expect(lines[1] == "resize  python3.11  128 MB  3 s      -")
    }

    @Test func `dead letters are columns, and their numbers are numbers`() {
        let table = DeadLetterList.table(of: [
            ["Id": "17", "FunctionName": "resize", "Qualifier": "live", "Reason": "RetriesExhausted", "Attempts": 3],
            ["Id": "18", "Reason": "Malformed\u{1B}[2J"],
        ])
        #expect(
            table.lines(interactive: false) == [
                "17\tresize:live\tRetriesExhausted\t3\t-\t-\t-", "18\t-\tMalformed\u{FFFD}[2J\t-\t-\t-\t-",
            ])
        #expect(
            DeadLetterShow.lines(of: ["DeadLetter": ["Id": "17", "Attempts": 3], "Payload": "c2VjcmV0"])
                == ["id: 17", "attempts: 3"])
        for text in ["", "-1", "x", "1/redrive", "１", "99999999999999999999"] {
            #expect(DeadLetterID(argument: text) == nil, "\(text)")
        }
    }

    @Test func `a function cannot command the terminal of who reads its log`() {
        var feed = LogFeed(since: Instant(milliseconds: 0))
        let line = feed.take(["eventId": "1", "timestamp": 0, "message": "a\rb\u{1B}]0;x\u{07}\tc\u{9B}2J"])
        #expect(line == "1970-01-01T00:00:00.000Z a\nb\u{FFFD}]0;x\u{FFFD}\tc\u{FFFD}2J")
    }

    @Test func `each event of a log is printed once, although pages overlap`() {
        var feed = LogFeed(since: Instant(milliseconds: 0))
        func event(_ id: String, _ time: Int64) -> JSON {
            ["eventId": .string(id), "timestamp": .number(JSONNumber(time)), "message": "hello\n"]
        }
        #expect(feed.take(event("1", 1_795_000_000_007)) == "2026-11-18T11:06:40.007Z hello")
        #expect(feed.take(event("1", 1_795_000_000_007)) == nil)
        #expect(feed.start == Instant(milliseconds: 1_794_999_995_007))
        #expect(feed.take(event("2", 1_794_999_999_000)) != nil)
        #expect(feed.start == Instant(milliseconds: 1_794_999_995_007))
    }
}
