import Glibc
import Testing

@testable import Platform

@Suite struct FilterExpressionTests {
    private func finds(_ expression: String, in text: String) throws -> Bool {
        try FilterExpressionParser.parse(Array(expression.utf8)[...]).isFound(in: Array(text.utf8)[...])
    }

    @Test(arguments: [
        ("ab", "xaby", true), ("ab", "ba", false), ("^ab", "abc", true), ("^ab", "xab", false), ("ab$", "xab", true),
        ("ab$", "abx", false), ("^ab$", "ab", true), ("^ab$", "abab", false), ("^$", "", true), ("^$", "a", false),
        ("^", "any", true), ("$", "any", true), ("a*", "", true), ("colou?r", "color", true),
        ("colou?r", "colour", true),
        ("colou?r", "colouur", false), ("ab*c", "ac", true), ("ab*c", "abbbc", true), ("ab+c", "ac", false),
        ("ab+c", "abbc", true), ("^a{3,5}$", "aa", false), ("^a{3,5}$", "aaa", true), ("^a{3,5}$", "aaaaa", true),
        ("^a{3,5}$", "aaaaaa", false), ("^a{2}$", "aa", true), ("^a{2}$", "aaa", false), ("^a{2,}$", "a", false),
        ("^a{2,}$", "aaaaaaa", true), ("^a{0,2}b$", "b", true), ("^a{0,2}b$", "aaab", false),
        ("gray|grey", "grey", true),
        ("gray|grey", "groy", false), ("^a|b$", "ax", true), ("^a|b$", "xb", true), ("^a|b$", "xax", false),
        ("a|b|cd", "xcdx", true), ("[hc]at", "hat", true), ("[hc]at", "bat", false), ("^[^hc]at$", "bat", true),
        ("^[^hc]at$", "hat", false), ("[a-c-]z", "-z", true), ("a.c", "a\nc", true),
        (#"10\.0"#, "10.0", true), (#"10\.0"#, "1000", false), (#"\[.\]"#, "[x]", true),
        (#"\d\D\w\W\s\S"#, "1aa  z", true),
        (#"\d\D\w\W\s\S"#, "1aa  ", false), (#"[\d_]+x"#, "3_x", true), (#"^[^\d]$"#, "7", false),
        (#"\x41\x7a"#, "Az", true), ("^a.b$", "aüb", true), ("^a..b$", "aüb", false), ("^...$", "日本語", true),
        (#"^\S+$"#, "日本語", true), (#"^\w$"#, "ü", false), ("^[^a]$", "😀", true), ("^.?.?a$", "üa", true),
        ("#=@/;,:-_", "#=@/;,:-_", true), ("a?b?c?d", "d", true), ("^a?b?c?$", "ac", true),
        ("^a*b*c*$", "aaccb", false),
        (".*a.*b.*c", "xxaxxbxxc", true), (".*a.*b.*c", "xxaxxcxxb", false),
    ])
    func `an expression is found or not`(expression: String, text: String, expected: Bool) throws {
        #expect(try finds(expression, in: text) == expected)
    }

    @Test(arguments: [
        ("", 0), ("a|", 2), ("|a", 0), ("a!", 1), ("(a)", 0), ("a b", 1), ("ü", 0), ("*a", 0), ("a**", 2),
        ("a{2}{2}", 4),
        ("a{", 1), ("a{2", 1), ("a{2,1}", 1), ("a{0}", 1), ("a{,2}", 1), ("a{9999}", 1), ("[a", 0), ("[z-a]", 1),
        ("[a[b]", 2), ("a]", 1), ("a}", 1), ("a^", 1), ("$a", 1), ("a$$", 2), (#"a\"#, 1), (#"a\n"#, 1), (#"a\x8"#, 1),
        (#"a\xff"#, 1), (#"a\b"#, 1), (#"(?=a)"#, 0), (#"[]"#, 0), ("a*?", 2),
    ])
    func `what AWS does not document is refused at its place`(expression: String, place: Int) {
        do {
            _ = try FilterExpressionParser.parse(Array(expression.utf8)[...])
            Issue.record("\(expression) was accepted")
        } catch {
            #expect(error.place == place, "\(expression): \(error)")
        }
    }

    @Test func `repetitions are bounded all together`() throws {
        let limit = FilterExpression.placeLimit
        _ = try FilterExpressionParser.parse(Array("a{\(limit - 2)}".utf8)[...])
        for text in ["a{\(limit)}", "a{300}b{300}", "a{300}|b{300}", "a{300,400}[bc]{200}"] {
            #expect(throws: FilterExpressionParser.Fault.self) {
                try FilterExpressionParser.parse(Array(text.utf8)[...])
            }
        }
    }

    /// Every expression of a few characters, against every text of a few, by the definition and by the automaton.
    @Test func `the automaton finds what the definition says`() throws {
        var random = SystemRandomNumberGenerator()
        let atoms = ["a", "b", ".", "[ab]", "[^a]", "a*", "b?", ".*", "a+", "[^b]{1,2}", "b{2}", "a{0,3}"]
        for _ in 0..<3000 {
            let chains = (0..<Int.random(in: 1...3, using: &random)).map { _ in
                (Bool.random(using: &random) ? "^" : "")
                    + (0..<Int.random(in: 1...5, using: &random)).map { _ in atoms[Int.random(in: 0..<atoms.count)] }
                    .joined()
                    + (Bool.random(using: &random) ? "$" : "")
            }
            let expression = chains.joined(separator: "|")
            let text = String((0..<Int.random(in: 0...7)).map { _ in ["a", "b", "c", "ü"].randomElement() ?? "a" })
            let expected = try text.firstMatch(of: Regex(expression)) != nil
            #expect(try finds(expression, in: text) == expected, "\(expression) in \(text)")
        }
    }

    @Test func `long chains cross the words of the automaton`() throws {
        for count in [62, 63, 64, 65, 127, 128, 129, 300] {
            let text = String(repeating: "a", count: count)
            #expect(try finds("^a{\(count)}$", in: text))
            #expect(try !finds("^a{\(count)}$", in: text + "a"))
            #expect(try finds("^a{0,\(count)}b$", in: "b"))
            #expect(try finds("^a{0,\(count)}b$", in: text + "b"))
            #expect(try !finds("^a{0,\(count)}b$", in: text + "ab"))
            #expect(try finds("x|^a{\(count),}$|y", in: text + text))
        }
    }

    @Test func `no expression makes a long message slow`() throws {
        let message = String(repeating: "a", count: 262_144)
        for expression in [
            "a*a*a*a*a*a*b", "a{0,500}b", ".*.*.*.*x", "a?a?a?a?a?aaaaab|a+a+a+b$", "[^b]{250}[^a]{250}",
        ] {
            let isFound: Bool
            let start = processorTime
            isFound = try finds(expression, in: message)
            let took = processorTime - start
            #expect(!isFound)
            #expect(took < .seconds(10), "\(expression) took \(took)")
        }
    }

    /// What this thread has had of a processor: a busy machine is no fault of an expression.
    private var processorTime: Duration {
        var time = timespec()
        // SAFETY: the call writes the one value that it is given.
        unsafe clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
    }
}
