import Core
import Testing

@testable import Gateway

/// The models' regular expressions: each compiles, matches what Java's would, and none can be made slow.
@Suite struct WirePatternTests {
    @Test func `every expression of every model compiles`() throws {
        var count = 0
        for name in ServiceCatalog.embedded.names {
            let source = try #require(Embedded.files["\(name).json"].flatMap { Base64.decode($0) })
            for shape in try JSON(parsing: source)["shapes"]?.object?.members ?? [] {
                guard let text = shape.value["pattern"]?.string else { continue }
                #expect(Pattern(text) != nil, "\(name) \(shape.key): \(text)")
                count += 1
            }
        }
        #expect(count > 100)
    }

    @Test(arguments: [
        ("[a-zA-Z0-9-_]+", "a-Z_9", true), ("[a-zA-Z0-9-_]+", "a.b", false), ("[a-zA-Z0-9-_]+", "", false),
        (#"\d{12}"#, "123456789012", true), (#"\d{12}"#, "12345678901", false), (#"\d{12}"#, "1234567890123", false),
        ("(|[a-z]+)", "", true), ("a{2,3}", "a", false), ("a{2,3}", "aaa", true), ("a{2,3}", "aaaa", false),
        ("a{2,}", "aaaaaa", true), ("(ab|cd)*", "abcdab", true), ("(ab|cd)*", "abc", false), (".*", "a\nb", false),
        (#"[\s\S]*"#, "a\nb😀", true), ("(?!^[0-9]+$)([a-zA-Z0-9-_]+)", "123", false),
        ("(?!^[0-9]+$)([a-zA-Z0-9-_]+)", "v123", true), (#"((?!^\d+$)^[0-9a-zA-Z-_]+$)"#, "12a", true),
        (#"[0-9A-Za-z\.\-_]*(?<!\.)"#, "bucket.", false), (#"[0-9A-Za-z\.\-_]*(?<!\.)"#, "bucket.x", true),
        ("^[a-z0-9]([a-z0-9]|-(?!-)){1,61}[a-z0-9]$", "a-b", true),
        ("^[a-z0-9]([a-z0-9]|-(?!-)){1,61}[a-z0-9]$", "a--b", false),
        (#"[\p{L}\p{Z}\p{N}_.:/=+\-@]*"#, "Ünï 5/@", true), (#"[\p{L}\p{Z}\p{N}_.:/=+\-@]*"#, "a;b", false),
        (#"[^ /\.$\x22]*"#, "ok", true), (#"[^ /\.$\x22]*"#, "no\"", false), (#"lambda:[*]|x"#, "lambda:*", true),
        (#"[\u0020-\u00FF]+"#, "aÿ", true), (#"[\u0020-\u00FF]+"#, "aĀ", false), ("(a*)*b", "aaab", true),
        (#"\bfoo\b"#, "foo", true), ("a|", "", true), ("[]a]+", "]a", true), ("x*?y+?", "xxyy", true),
    ])
    func `an expression matches the whole text or not at all`(pattern: String, text: String, matches: Bool) throws {
        #expect(try #require(Pattern(pattern)).matches(text) == matches)
    }

    @Test(arguments: [
        "(", ")", "[a", "a{", "a{2", "*a", #"\1"#, #"\p{Nope}"#, "(?<name>a)", "a{1000}{1000}", "(a{1000}){1000}",
        "[b-a]",
    ])
    func `what is not understood does not compile`(pattern: String) {
        #expect(Pattern(pattern) == nil)
    }

    @Test(.timeLimit(.minutes(1)), arguments: ["(a+)+$", "(a|aa)*b", "(.*a){12}b", "((a?){20})*c"])
    func `an expression that makes others explode stays linear`(pattern: String) throws {
        let text = String(repeating: "a", count: 10_000) + "!"
        #expect(try #require(Pattern(pattern)).matches(text) == false)
    }
}
