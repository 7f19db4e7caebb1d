import Core
import Testing

@testable import EventPattern

/// What a hostile event or pattern must not achieve.
struct AttackTests {
    private func matches(_ pattern: String, _ event: [UInt8]) throws -> Bool {
        var rules = RuleSet<Int>()
        rules.add(try EventPattern(parsing: pattern), as: 1)
        return try !rules.names(matching: event).isEmpty
    }

    private func matches(_ pattern: String, _ event: String) throws -> Bool { try matches(pattern, Array(event.utf8)) }

    @Test func `names and values are compared decoded`() throws {
        #expect(try matches(#"{"source":["aws"]}"#, #"{"\u0073ource":"\u0061ws"}"#))
        #expect(try matches(#"{"s\u006furce":["a\u0077s"]}"#, #"{"source":"aws"}"#))
        #expect(try matches(#"{"a":["😀"]}"#, #"{"a":"\ud83d\ude00"}"#))
        #expect(try !matches(#"{"a":["é"]}"#, #"{"a":"e\u0301"}"#))
    }

    @Test func `of two members with the same name the last one counts, as for who reads the event later`() throws {
        #expect(try !matches(#"{"a":[1]}"#, #"{"a":1,"a":2}"#))
        #expect(try matches(#"{"a":[2]}"#, #"{"a":1,"\u0061":2}"#))
        #expect(try !matches(#"{"a":{"b":[1]}}"#, #"{"a":{"b":1},"a":{"c":1}}"#))
        #expect(try matches(#"{"a":[{"anything-but":[2]}]}"#, #"{"x":[{"a":1,"a":2}],"a":1}"#))
    }

    @Test(arguments: [
        "", " ", "[]", "1", "{", #"{"a""#, #"{"a":}"#, #"{"a":1,}"#, #"{"a":01}"#, #"{"a":tru}"#, #"{"a":"\x"}"#,
        #"{"a":1}x"#,
        "{\"a\":\"\u{1}\"}", #"{"x":[1,2}"#, #"{"a":"\u12"}"#, #"{"a":1.}"#, #"{"a":-}"#,
    ]) func `what is no JSON object is refused`(_ event: String) {
        #expect(throws: EventError.self) { try matches(#"{"a":[{"exists":false}]}"#, event) }
    }

    @Test func `bytes that are not UTF-8 are refused wherever they stand`() {
        for bad: [UInt8] in [
            [0xFF], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xE2, 0x82], [0xF4, 0x90, 0x80, 0x80], [0x80],
        ] {
            for (before, behind) in [(#"{"a":""#, #""}"#), (#"{"x":""#, #""}"#), (#"{""#, #"":1}"#)] {
                let event = Array(before.utf8) + bad + Array(behind.utf8)
                #expect(throws: EventError.self) { try matches(#"{"a":["x"]}"#, event) }
                #expect((try? JSON(parsing: event)) == nil)
            }
        }
    }

    @Test func `the reader refuses what Core's parser refuses`() throws {
        var chance = Chance(state: 7)
        let alphabet = Array(#"{}[]",:\u0dDfatrulse-+.eE19 \#u{80}\#u{C3}"#.utf8) + [0xFF, 0x00, 0xA9]
        var (read, refused) = (0, 0)
        for _ in 0..<20_000 {
            var event = Array(#"{"a":["\u00e9x",1.5e3,{"b":null}]}"#.utf8)
            for _ in 0..<(chance.next() % 3) {
                event[Int(chance.next() % UInt64(event.count))] = alphabet[Int(chance.next() % UInt64(alphabet.count))]
            }
            let parsed = try? JSON(parsing: event)
            let isRead = (try? matches(#"{"a":{"b":[null]}}"#, event)) != nil
            #expect(isRead == (parsed?.object != nil), "\(String(decoding: event, as: UTF8.self))")
            if isRead { read += 1 } else { refused += 1 }
        }
        #expect(read > 1000 && refused > 1000)
    }

    @Test func `nesting is bounded`() throws {
        let deep = String(repeating: #"{"a":"#, count: 100_000)
        #expect(throws: EventError.self) { try matches(#"{"a":{"a":[1]}}"#, deep) }
        let arrays = #"{"a":"# + String(repeating: "[", count: 199) + "1" + String(repeating: "]", count: 199) + "}"
        #expect(try matches(#"{"a":[1]}"#, arrays))
    }

    @Test func `large arrays are matched in proportion to their size`() throws {
        let pattern = #"{"a":{"x":[1],"y":[2]},"b":{"x":[1],"y":[2]},"c":{"x":[1],"y":[2]}}"#
        let array = "[" + (0..<3000).map { #"{"x":1,"y":\#($0 % 2)}"# }.joined(separator: ",")
        let event = { (last: String) in #"{"a":\#(array),\#(last)],"b":\#(array),\#(last)],"c":\#(array),\#(last)]}"# }
        #expect(try matches(pattern, event(#"{"x":1,"y":2}"#)))
        #expect(try !matches(pattern, event(#"{"x":2,"y":2}"#)))
    }

    @Test func `arrays inside arrays are matched element by element`() throws {
        let pattern = #"{"a":{"b":{"x":[1],"y":[2]},"z":[3]}}"#
        #expect(try matches(pattern, #"{"a":[{"b":[{"x":1},{"x":1,"y":2}],"z":3}]}"#))
        #expect(try !matches(pattern, #"{"a":[{"b":[{"x":1,"y":2}],"z":4},{"b":[{"x":1},{"y":2}],"z":3}]}"#))
        #expect(try matches(pattern, #"{"a":[[{"b":[[{"x":1,"y":2}]],"z":3}]]}"#))
    }

    @Test func `names with points that mix arrays end in an error, not in waiting`() throws {
        // Each of these fields may take its value from either of two arrays.
        let names = (0..<9).map { "a.\($0)" }
        let element = "{" + names.map { "\"\($0.dropFirst(2))\":1" }.joined(separator: ",") + "}"
        let array = "[" + Array(repeating: element, count: 12).joined(separator: ",") + "]"
        let arrays = (0..<9).map { "\"a\($0 % 2 == 0 ? "" : ".").\($0)\":\(array)" }
        let event = #"{"a":\#(array),"# + arrays.joined(separator: ",") + "}"
        let fields = names.map { "\"\($0)\":[1]" } + [#""a.9":[1]"#]
        #expect((try? matches("{" + fields.joined(separator: ",") + "}", event)) != true)
    }

    @Test func `wildcards take time in proportion to the text`() throws {
        let text = String(repeating: "ab", count: 100_000)
        #expect(try !matches(#"{"x":[{"wildcard":"*b*c"},{"wildcard":"a*b*d*"}]}"#, #"{"x":"\#(text)"}"#))
        #expect(try matches(#"{"x":[{"wildcard":"*b*c"},{"wildcard":"a*b*b*"}]}"#, #"{"x":"\#(text)"}"#))
    }

    @Test func `numbers of any length and size are read`() throws {
        let long = String(repeating: "1", count: 100_000)
        #expect(try matches(#"{"a":[{"anything-but":[1]}]}"#, #"{"a":\#(long)}"#))
        #expect(try !matches(#"{"a":[{"numeric":[">",0]}]}"#, #"{"a":1e999999999999}"#))
        #expect(try matches(#"{"a":[1e999999999999]}"#, #"{"a":1e999999999999}"#))
        #expect(try matches(#"{"a":[{"numeric":["=",0]}]}"#, #"{"a":-0.000}"#))
        #expect(try matches(#"{"a":[{"numeric":["<",1e-307]}]}"#, #"{"a":1e-320}"#))
        #expect(try !matches(#"{"a":[12345678901234567890]}"#, #"{"a":12345678901234567891}"#))
    }

    @Test func `case is ignored character by character, and lengths may differ`() throws {
        #expect(try matches(#"{"a":[{"equals-ignore-case":"straße"}]}"#, #"{"a":"STRASSE"}"#))
        #expect(try !matches(#"{"a":[{"equals-ignore-case":"strasse"}]}"#, #"{"a":"straße"}"#))
        #expect(try !matches(#"{"a":[{"equals-ignore-case":"s"}]}"#, #"{"a":"ſ"}"#))
        #expect(try matches(#"{"a":[{"prefix":{"equals-ignore-case":"ÜB"}}]}"#, #"{"a":"über"}"#))
    }
}
