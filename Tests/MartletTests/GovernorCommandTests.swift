import ArgumentParser
import Core
import Testing

@testable import martlet

@Suite struct GovernorCommandTests {
    @Test func `a scope has one of the forms`() {
        for text in [
            "all", "function/f", "function/000000000000/f", "kind/event", "target/a.example", "lineage/x", "queue/q",
            "topic/t", "bus/b",
        ] {
            #expect(ScopeArgument(argument: text)?.text == text)
        }
        for text in ["", "f", "function/", "functions/f", "everything"] {
            #expect(ScopeArgument(argument: text) == nil, "\(text)")
        }
    }

    @Test func `a command line that cannot mean anything is refused`() {
        for words in [
            ["limit", "all"], ["limit", "all", "--rate", "-1"], ["budget"], ["budget", "f"],
            ["budget", "f", "--reset", "--calls", "1"],
            ["budget", "f", "--all", "--calls", "1"], ["budget", "f", "--calls", "-1"], ["top", "--rows", "0"],
            ["stop", "f"],
        ] { #expect(throws: (any Error).self, "\(words)") { try GovernorCommand.parseAsRoot(words) } }
    }

    @Test func `the table has a row for each name, and no kinds that nobody calls`() throws {
        let top = try JSON(
            parsing: Array(
                #"""
                {"Kinds": [{"Name": "event", "InFlight": 0, "CallsPerSecond": 0}, {"Name": "invocation", "InFlight": 2,
                "CallsPerSecond": 1.26, "ErrorsPerSecond": 0, "ThrottlesPerSecond": 0.04, "BytesPerSecond": 99.6,
                "MedianMilliseconds": 0.768}], "Functions": [{"Name": "function/1/f\u001b[2J", "InFlight": 0}]}
                """#.utf8))
        #expect(
            GovernorTop.table(top, by: .kind).rows == [["invocation", "2", "1.3", "0.0", "0.0", "100", "0.8", "-"]])
        let function = GovernorTop.table(top, by: .function).rows
        #expect(function.count == 1 && function[0][0] == "function/1/f\u{FFFD}[2J" && function[0].last == "-")
        #expect(GovernorTop.table(top, by: .lineage).rows.isEmpty)
    }

    @Test func `rules say what, who, since when and why`() throws {
        let rules = try JSON(
            parsing: Array(
                #"[{"Scope": "all", "Action": "limit", "Rate": 2.5, "Concurrency": 3, "SetBy": "arn:ada", "SetAt": "now", "Reason": ""}]"#
                    .utf8))
        #expect(
            GovernorRules.rules(rules.array ?? []).rows == [["all", "limit 2.5/s 3 at a time", "arn:ada", "now", "-"]])
    }
}
