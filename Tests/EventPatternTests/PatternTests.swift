import Testing

@testable import EventPattern

struct PatternTests {
    private func flaw(_ text: String) -> PatternFlaw? {
        do throws(PatternError) {
            _ = try EventPattern(parsing: text)
            return nil
        } catch {
            return error.flaw
        }
    }

    @Test(arguments: [
        (
            #"{"int": 42}"#,
            "\"int\" must be an object or an array\n at [Source: (String)\"{\"int\": 42}\"; line: 1, column: 11]"
        ),
        (
            "{\n \"a\": []}",
            "Empty arrays are not allowed\n at [Source: (String)\"{\n \"a\": []}\"; line: 2, column: 9]"
        ),
        (
            #"{"é": [{"x":1}]}"#,
            "Unrecognized match type x\n at [Source: (String)\"{\"é\": [{\"x\":1}]}\"; line: 1, column: 13]"
        ),
        (#"{"a":[{"cidr":"1.2.3.4/40"}]}"#, "IPv4 mask bits must be < 32"),
    ]) func `an error says what is wrong and where, as the service does`(_ text: String, _ message: String) {
        #expect(throws: PatternError.self) { try EventPattern(parsing: text) }
        do throws(PatternError) { _ = try EventPattern(parsing: text) } catch { #expect(error.description == message) }
    }

    @Test func `the place of a flaw inside a list is said twice`() {
        do throws(PatternError) {
            _ = try EventPattern(parsing: #"{"a":[{"anything-but":["x",null]}]}"#)
            Issue.record("it is no pattern")
        } catch {
            #expect(error.description.split(separator: "\n").count == 3)
        }
    }

    @Test func `of a long pattern an error shows the beginning`() {
        let text = #"{"a":[{"x":""# + String(repeating: "y", count: 1000) + #""}]}"#
        do throws(PatternError) {
            _ = try EventPattern(parsing: text)
            Issue.record("it is no pattern")
        } catch {
            #expect(error.description.contains("\"[truncated \(text.count - 500) chars]; line: 1"))
        }
    }

    @Test(arguments: [
        ("[]", PatternFlaw.notAnObject), ("{}", .emptyObject), (#"{"a":{}}"#, .emptyObject),
        (#"{"$or":{}}"#, .orWithoutArray), (#"{"$or":[1,2]}"#, .orOfOtherThanObjects),
        (#"{"$or":[{"a":[1]}]}"#, .orOfFewerThanTwo),
        (#"{"$or":[{"a":[1]},{"prefix":["x"]}]}"#, .reservedField("prefix")),
        (#"{"a":[[1]]}"#, .badValue), (#"{"a":[{}]}"#, .nameless("Match")),
        (#"{"a":[{"wildcard":"a**"}]}"#, .consecutiveWildcards(place: 2)),
        (#"{"a":[{"wildcard":"a\\b"}]}"#, .badWildcardEscape(place: 2)),
        (#"{"a":[{"numeric":[">",5,"<",5]}]}"#, .emptyRange), (#"{"a":[{"numeric":[">",5,"<",4]}]}"#, .emptyRange),
        (#"{"a":[{"numeric":["=",123456789012345678901]}]}"#, .notComparable("123456789012345678901")),
        (#"{"a":[{"numeric":[]}]}"#, .badNumericMember("]")), (#"{"a":[{"numeric":[">",1,2]}]}"#, .badRangeValue("2")),
        (#"{"a":[{"cidr":"::/128"}]}"#, .cidrMaskTooLong(isIPv4: false)),
        (#"{"a":[{"cidr":"1.2.3.4/"}]}"#, .cidrWithoutSlash),
        (#"{"a":[{"cidr":"1.2.3.256/8"}]}"#, .cidrAddressInvalid("1.2.3.256")),
        (#"{"a":[{"anything-but":{"prefix":""}}]}"#, .emptyAffix), (#"{"a":[{"anything-but":[]}]}"#, .mixedAnythingBut),
    ]) func `what is refused is told apart`(_ text: String, _ expected: PatternFlaw) {
        #expect(flaw(text) == expected)
    }

    @Test func `bounds are told as such`() {
        let long = #"{"a":[""# + String(repeating: "x", count: 4096) + #""]}"#
        #expect(flaw(long) == .tooLong(limit: 4096))
        let deep = String(repeating: #"{"a":"#, count: 101) + "[1]" + String(repeating: "}", count: 101)
        #expect(flaw(deep) == .tooDeep(limit: 100))
        let or = (0..<4).map { level in
            #""$or":[{"a\#(level)":[1]},{"b":[1]},{"c":[1]},{"d":[1]},{"e":[1]},{"f":[1]}]"#
        }
        #expect(flaw("{" + or.joined(separator: ",") + "}") == .tooManyCombinations(limit: 1000))
        #expect(flaw(#"{"a":[{"wildcard":"*aaaaaaaaaaaaaaaa"}]}"#) == .tooComplex)
        #expect(flaw(#"{"a":[{"wildcard":"*abcdefghijklmnopqrstuvwxyz*0123456789*"}]}"#) == nil)
    }

    @Test func `a cut anywhere in a pattern is an error, never a crash`() {
        let text = #"{"a":{"$or":[{"b":[{"numeric":[">",1]}]},{"c":[{"anything-but":{"wildcard":["a\\*","é"]}}]}]}}"#
        #expect(flaw(text) == nil)
        for end in text.indices { #expect(flaw(String(text[..<end])) != nil) }
    }
}
