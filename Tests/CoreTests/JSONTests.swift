import Core
import TestSupport
import Testing

@Suite struct JSONTests {
    @Test(.enabled(if: Suites.has("json/parsing"))) func `the public parsing cases end as their names say`() throws {
        let names = Suites.names("json/parsing").filter { $0.hasSuffix(".json") }
        #expect(names.count == 318)
        for name in names {
            let parsed = try? JSON(parsing: Suites.bytes("json/parsing/\(name)"))
            if name.hasPrefix("y_") { #expect(parsed != nil, "\(name) is JSON") }
            if name.hasPrefix("n_") { #expect(parsed == nil, "\(name) is not JSON") }
        }
    }

    @Test func `what is parsed is written as it was, without spaces`() throws {
        let text = #"{"b":[1,-0.50,1e400,true,null],"a":{"é":"\"\\\n\u0001/😀"}}"#
        #expect(try JSON(parsing: text).text == text)
        #expect(try JSON(parsing: " [ 1 , { \"a\" : \"\\u00e9\\/\" } ] ").text == #"[1,{"a":"é/"}]"#)
    }

    @Test func `the last of two members with the same key wins, and keeps the first one's place`() throws {
        #expect(try JSON(parsing: #"{"a":1,"b":2,"a":3}"#).text == #"{"a":3,"b":2}"#)
    }

    @Test func `a key may be asked to be there only once`() throws {
        #expect(throws: JSONError(reason: .repeatedKey, offset: 12)) {
            try JSON(parsing: Array(#"{"a":{"b":1,"b":2}}"#.utf8), uniqueKeys: true)
        }
        #expect(try JSON(parsing: Array(#"{"a":{"a":1},"b":1}"#.utf8), uniqueKeys: true)["b"] == 1)
    }

    @Test func `keys that differ in bytes are different keys`() throws {
        #expect(try JSON(parsing: #"{"\u00e9":1,"e\u0301":2}"#).object?.count == 2)
    }

    @Test func `large objects keep order and find every key`() throws {
        let members = (0..<2000).map { ("key\($0)", JSON.number(JSONNumber(Int64($0)))) }
        let parsed = try JSON(parsing: JSON.object(JSONObject(members)).serialized)
        #expect(parsed.object?.members.map(\.key) == members.map(\.0))
        #expect(parsed["key1999"]?.integer == 1999)
        #expect(parsed["key2000"] == nil)
    }

    @Test func `surrogates pair up, and one alone becomes the replacement character`() throws {
        #expect(try JSON(parsing: #""\ud83d\ude00""#).string == "😀")
        #expect(try JSON(parsing: #""\ud83d""#).string == "\u{FFFD}")
        #expect(try JSON(parsing: #""\ude00x""#).string == "\u{FFFD}x")
        #expect(try JSON(parsing: #""\ud83d\ud83d\ude00""#).string == "\u{FFFD}😀")
        #expect(try JSON(parsing: #""\ud83d\n""#).string == "\u{FFFD}\n")
    }

    @Test func `numbers are whole where they fit`() throws {
        #expect(try JSON(parsing: "9223372036854775807").integer == .max)
        #expect(try JSON(parsing: "9223372036854775808").integer == nil)
        #expect(try JSON(parsing: "1.0e2").integer == 100)
        #expect(try JSON(parsing: "1.5").integer == nil)
        #expect(try JSON(parsing: "1e999").double == .infinity)
        #expect(JSONNumber(.infinity) == nil)
        #expect(JSONNumber(2.0)?.text == "2")
        let scaled: [(Int64, String)] = [
            (1_688_565_356_603, "1.688565356603E9"), (1_500_000_000_000, "1.5E9"), (-7_000, "-7.0E0"),
        ]
        for (thousandths, text) in scaled { #expect(JSONNumber(thousandths, tensExponent: -3).text == text) }
    }

    @Test func `an error says where`() {
        #expect(throws: JSONError(reason: .unexpectedByte, offset: 5)) { try JSON(parsing: #"{"a":x}"#) }
        #expect(throws: JSONError(reason: .unexpectedEnd, offset: 4)) { try JSON(parsing: "[1, ") }
        #expect(throws: JSONError(reason: .trailingBytes, offset: 2)) { try JSON(parsing: "1 2") }
    }

    @Test func `nesting is bounded`() {
        let deep = String(repeating: "[", count: 200) + String(repeating: "]", count: 200)
        #expect(throws: Never.self) { try JSON(parsing: deep) }
        #expect(throws: JSONError(reason: .tooDeep, offset: 200)) { try JSON(parsing: "[" + deep + "]") }
        #expect(throws: JSONError.self) { try JSON(parsing: String(repeating: #"{"a":"#, count: 1_000_000)) }
    }

    @Test func `random bytes never trap the parser`() {
        var random = SystemRandomNumberGenerator()
        let alphabet = Array(#"{}[]",:\u0dDfatrulse-+.eE19 \#u{80}\#u{C3}"#.utf8) + [0xFF, 0x00]
        for _ in 0..<20_000 {
            let bytes = (0..<Int.random(in: 0...24)).map { _ in alphabet.randomElement(using: &random) ?? 0 }
            if let parsed = try? JSON(parsing: bytes) {
                #expect((try? JSON(parsing: parsed.serialized)) == parsed)
            }
        }
    }
}
