import Testing

@testable import Platform

@Suite struct FilterFieldsTests {
    private static let access =
        #"127.0.0.1 Prod frank [10/Oct/2000:13:25:15 -0700] "GET /index.html?a=\"b\" HTTP/1.0" 404 1534"#

    private func matches(_ pattern: String, _ message: String) throws -> Bool {
        try FilterPattern(pattern).matches(Array(message.utf8))
    }

    @Test(arguments: [
        ("[ip, server, username, timestamp, request, status_code, bytes]", true),
        ("[ip, server, username, timestamp, request =*.html*, status_code = 4*, bytes]", true),
        ("[ip, server, username, timestamp, request, status_code, bytes > 1000]", true),
        ("[ip, server, username, timestamp, request, status_code, bytes > 2000]", false),
        ("[ip, server, username, timestamp, request, status_code, bytes <= 1534]", true),
        ("[ip, server, username, timestamp, request, status_code = 404 || status_code = 410, bytes]", true),
        ("[ip, server, username, timestamp, request, status_code = 403 || status_code = 410, bytes]", false),
        ("[ip, server, username, timestamp, request, status_code >= 400 && status_code < 500, bytes]", true),
        ("[ip, server, username, timestamp, request, status_code, bytes > 1000 && status_code = 404]", true),
        ("[ip, server, username, timestamp, request, status_code = 4* && bytes > 1000, bytes]", true),
        ("[..., request =*.html*, status_code = 4*, bytes]", true), ("[..., status_code = 5*, bytes]", false),
        ("[..., status_code = 4*,]", true), ("[ip, server, ..., status_code, bytes = 1534]", true),
        ("[ip = %^127\\.0\\.0\\.[1-9]$%, ...]", true), ("[ip = %^128%, ...]", false), ("[ip, user, ...]", true),
        ("[...]", true), ("[a, b, c, d, e, f, ..., g, h]", false), ("[ip, server, username, timestamp]", true),
        ("[ip, server, username, timestamp = x]", false), ("[ip, *, username = frank, *]", true),
        ("[a, b, c, d = \"10/Oct/2000:13:25:15 -0700\", ...]", true),
        ("[a, b, c, d, e = \"GET /*HTTP/1.0\", f, g]", true),
        ("[ip != 10.*, server != \"Test\" && server != Dev, ...]", true), ("[ip, server != Prod, ...]", false),
        ("[..., status_code != 404, bytes]", false), ("[..., status_code = %4[0-9]{2}%, bytes = %^\\d+$%]", true),
        ("[ip=127.0.0.1,server=Prod,...]", true), ("  [ ip , ... , bytes>=1534 ]  ", true),
        ("[a, b, c, d, e, f, g, h]", false), ("[a, b = 1 || b = Prod && c = frank, c, ...]", true),
    ])
    func `fields of an access log are compared`(pattern: String, expected: Bool) throws {
        #expect(try matches(pattern, Self.access) == expected)
    }

    @Test(arguments: [
        ("[w1=ERROR, w2]", "ERROR 401 UNAUTHORIZED REQUEST", true), ("[w1=ERROR, w2]", "401 ERROR", false),
        ("[w1=ERROR, w2]", "ERROR", false), ("[w1=ERROR || W1=WARNING, w2]", "WARNING x", true),
        ("[w1!=ERROR && w1!=WARNING, w2]", "INFO x", true), ("[w1!=ERROR && w1!=WARNING, w2]", "WARNING x", false),
        ("[timestamp=*Z, request_id=\"*-*\", event]", "2024-01-01T00:00:00.000Z\t1-2\tall of the rest\n", true),
        ("[a = 5]", "5.0", true), ("[a = 5]", "five", false), ("[a != 5]", "five", true), ("[a > 5]", "five", false),
        ("[a = \"5\"]", "5.0", false), ("[a = -1.5e1]", "-15", true), ("[a = \"*\"]", "[b", true), ("[a]", "", false),
        ("[a = \"[b\", c]", "[b c", true), ("[a = \"b]c\"]", "[b]c]", true), ("[a = \"\"]", "\"\"", true),
        ("[...]", "", true),
    ])
    func `words are compared in their order`(pattern: String, message: String, expected: Bool) throws {
        #expect(try matches(pattern, message) == expected)
    }

    @Test(arguments: [
        "[", "[a", "[a] b", "[]", "[,]", "[a = ]", "[= 1]", "[a b]", "[..., a, ...]", "[a > x]", "[a > \"5\"]",
        "[a < %x%]",
        "[a = 1 &&]", "[a = 1 | a = 2]", "[a = 1 && b = 2]", "[a = %x]", "[a = \"x]", "[....]", "[(a = 1)]",
        "[a = [b]]",
        "[a = %x%, b = %y%, c = %z%]", "[a == 1]", "[a = %(x)%]",
    ])
    func `a pattern of fields that means nothing is refused`(pattern: String) {
        #expect(throws: LogsError.self) { try FilterPattern(pattern) }
    }

    @Test func `a message that opens many brackets costs its length once`() throws {
        let clock = ContinuousClock()
        for piece in ["[ ", "\" ", "[\" ", "[] "] {
            let message = String(repeating: piece, count: 131_072 / piece.utf8.count)
            let took = try clock.measure { _ = try matches("[a = x, ..., b > 1]", message) }
            #expect(took < .seconds(5), "\(piece) took \(took)")
        }
    }

    @Test func `many stars in a long message cost its length once`() throws {
        let pattern = "[..., a = \"" + String(repeating: "*a", count: 400) + "*b\"]"
        let message = String(repeating: "a", count: 262_144)
        var isFound = true
        let took = try ContinuousClock().measure { isFound = try matches(pattern, message) }
        #expect(!isFound)
        #expect(took < .seconds(5), "\(took)")
    }
}
