import Testing

@testable import Platform

@Suite struct FilterPatternTests {
    private func matches(_ pattern: String, _ message: String) throws -> Bool {
        try FilterPattern(pattern).matches(Array(message.utf8))
    }

    @Test(arguments: [
        ("", "anything", true), ("ERROR", "[ERROR] x", true), ("ERROR", "error", false),
        ("ERROR Main", "Main ERROR", true), ("ERROR Main", "ERROR", false),
        ("\"out of memory\"", "went out of memory", true), ("\"out of memory\"", "out of the memory", false),
        ("\"say \\\"hi\\\"\"", "say \"hi\"", true),
        ("?ERROR ?WARN", "WARN x", true), ("?ERROR ?WARN", "INFO x", false),
        ("ERROR -Exiting", "ERROR x", true), ("ERROR -Exiting", "ERROR Exiting", false),
        ("-\"REPORT RequestId\"", "START", true), ("-\"REPORT RequestId\"", "REPORT RequestId: 1", false),
        ("ERROR ?WARN", "ERROR", true), ("ERROR ?WARN", "WARN", false),
        ("aab", "aaab", true), ("aab", "aaa", false), ("über", "über alles", true),
    ])
    func `terms are found in messages`(pattern: String, message: String, expected: Bool) throws {
        #expect(try matches(pattern, message) == expected)
    }

    @Test(arguments: [
        (#"{ $.level = "ERROR" }"#, true), (#"{ $.level = ERROR }"#, true), (#"{$.level="WARN"}"#, false),
        (#"{ $.level = "ERR*" }"#, true), (#"{ $.level = "*R*O*" }"#, true), (#"{ $.level = "*X" }"#, false),
        (#"{ $.level != "INFO" }"#, true), (#"{ $.missing = "x" }"#, false), (#"{ $.missing != "x" }"#, false),
        ("{ $.size > 10 }", true), ("{ $.size >= 12.5 }", true), ("{ $.size < 12.5 }", false),
        ("{ $.size = 1.25e1 }", true), ("{ $.size != 12.5 }", false),
        ("{ $.user.id = 7 && $.size > 10 }", true), ("{ $.user.id = 8 || $.size > 10 }", true),
        ("{ $.user.id = 8 && ($.size > 10 || $.ok IS TRUE) }", false), ("{ $.ok IS TRUE }", true),
        ("{ $.ok IS FALSE }", false), ("{ $.none IS NULL }", true), ("{ $.missing NOT EXISTS }", true),
        ("{ $.level NOT EXISTS }", false), (#"{ $.list[1].x = "y" }"#, true), ("{ $.list[9].x = 1 }", false),
        (#"{ $["odd name"] = 1 }"#, true), (#"{ $.user.id = "7" }"#, true),
    ])
    func `conditions hold or not for a JSON message`(pattern: String, expected: Bool) throws {
        let message = """
            {"level":"ERROR","size":12.5,"user":{"id":7},"ok":true,"none":null,"list":[1,{"x":"y"}],"odd name":1}
            """
        #expect(try matches(pattern, message) == expected)
        #expect(try !matches(pattern, "not JSON"))
        #expect(try !matches(pattern, "{broken"))
    }

    @Test(arguments: [
        "a:b", "{", "{ }", "{ $.a }", "{ $.a = }", "{ $.a = 1 } x", "{ $.a > x }", "{ a = 1 }", "\"open", "%regex",
        "{ $.a = %x }", "{ $.a > %x% }", "{ ($.a = 1 }", "{ $.a[x] = 1 }", "?", "-", "%a% %b% %c%",
        "{ " + String(repeating: "(", count: 100) + "$.a = 1" + String(repeating: ")", count: 100) + " }",
    ])
    func `patterns that mean nothing are refused`(pattern: String) {
        #expect(throws: LogsError.self) { try FilterPattern(pattern) }
    }

    @Test(arguments: [
        ("a:b", 1), ("ERROR a:b", 7), ("é \"open", 3), ("{ $.a > x }", 9), ("{ $.ü = 1 } x", 13), ("{ $.a[x] = 1 }", 7),
        ("é %a(b)%", 5), ("{ $.a = %x!% }", 11), ("%a% %b% %c%", 9), ("[a, b = ]", 9), ("[a, b = 1 && c = 2]", 14),
        ("[..., a, ...]", 10), ("[a", 3), ("[a] b", 5), ("[]", 1), ("[a > x]", 6),
    ])
    func `a refusal says at which character`(pattern: String, character: Int) throws {
        do throws(LogsError) {
            _ = try FilterPattern(pattern)
            Issue.record("\(pattern) was accepted")
        } catch {
            guard case .badPattern(_, let found) = error else { throw error }
            #expect(found == character, "\(pattern): \(error)")
        }
    }

    @Test(arguments: ["nan", "inf", "infinity", "0x10", "NaN"])
    func `a word that Swift takes for a number is a word`(word: String) throws {
        #expect(try matches("{ $.a = \(word) }", #"{"a":"\#(word)"}"#))
        #expect(try matches("[a = \(word), b]", "\(word) x"))
    }

    @Test(arguments: [
        ("%AUTHORIZED%", "[ERROR 401] UNAUTHORIZED REQUEST", true), ("%^AUTHORIZED%", "UNAUTHORIZED", false),
        ("ERROR %[0-9]{3}%", "ERROR 404", true), ("ERROR %[0-9]{3}%", "ERROR 40", false),
        ("ERROR -%[0-9]%", "ERROR 4", false), ("?WARN ?%E.R%", "an EOR", true), (#"%\%%"#, "100%", true),
        (#"%a\x25b%"#, "a%b", true),
    ])
    func `an expression is a term like others`(pattern: String, message: String, expected: Bool) throws {
        #expect(try matches(pattern, message) == expected)
    }

    @Test(arguments: [
        (#"{ $.eventType = %Trail% }"#, true), (#"{ $.eventType = %^Trail% }"#, false),
        (#"{ $.ip = %^10\.\d{1,3}\.% && $.eventType != %Delete% }"#, true), ("{ $.ip != %10% }", false),
        ("{ $.size = %^12\\.5$% }", true), ("{ $.missing = %.% }", false), ("{ $.missing != %.% }", false),
        ("{ $.list[0] = %b|c% }", true), ("{ ($.list[0] = %x%) || ($.ip = %\\d$%) }", true),
        ("{ $.user = %.% }", false),
    ])
    func `an expression is compared with a value of a JSON message`(pattern: String, expected: Bool) throws {
        let message = #"{"eventType":"UpdateTrail","ip":"10.255.0.7","size":12.5,"list":["abc"],"user":{"a":"b"}}"#
        #expect(try matches(pattern, message) == expected)
    }
}
