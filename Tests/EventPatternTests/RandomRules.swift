/// Makes patterns and events by chance, out of few enough words that they meet.
struct RandomRules {
    private var chance: Chance

    /// Starts from a seed.
    init(seed: UInt64) { chance = Chance(state: seed) }

    private static let names = ["a", "b", "c", "a.b", "a-b", "\\u0061", "d"]
    private static let texts = [
        "", "a", "ab", "abc", "abab", "b", "ba", "x*y", "10.0.0.1", "10.0.0.255", "10.0.1.0", "2001:db8::1",
        "::ffff:a00:1",
        "ß", "SS", "ss", "ſ", "S", "Ü", "ü", "日本", "😀", "İ", "true", "1", "aXb", "aaXbb", "\\u0061b", "A", "AB",
        "010.0.0.1",
    ]
    private static let numbers = [
        "0", "-0", "1", "1.0", "1e0", "2", "10", "100", "-1", "0.5", "5e-1", "0.1", "1e300", "123456789012345678901",
        "-5", "3",
        "300.999", "300.99900", "9007199254740993", "1E-320", "1e400",
    ]

    /// An event of little but arrays of objects inside each other.
    mutating func arrayEvent() -> String { "{" + arrayMembers(depth: 0) + "}" }

    private mutating func arrayMembers(depth: Int) -> String {
        let names = ["a", "b", "x", "y"].filter { _ in below(3) > 0 }
        return names.map { name in "\"\(name)\":\(arrayValue(depth: depth + 1))" }.joined(separator: ",")
    }

    private mutating func arrayValue(depth: Int) -> String {
        switch below(depth > 3 ? 3 : 8) {
        case 0, 1, 2: return pick(["1", "2", "3"])
        case 3: return "{" + arrayMembers(depth: depth) + "}"
        default:
            let elements = (0...below(3)).map { _ in
                below(4) == 0 ? arrayValue(depth: depth + 1) : "{" + arrayMembers(depth: depth) + "}"
            }
            return "[" + elements.joined(separator: ",") + "]"
        }
    }

    /// A pattern about such events, which most of its fields match by themselves.
    mutating func arrayPattern() -> String {
        let paths = ["a.x", "a.y", "a.b.x", "a.b.y", "b.x", "b.y", "a", "x", "a.a.x", "b.b.y", "b.a"]
        let fields = (0..<(2 + below(3))).map { _ in
            let matcher = pick([
                "1", "1,2", #"{"exists":true}"#, #"{"exists":false}"#, #"{"exists":false},2"#, #"{"anything-but":1}"#,
            ])
            return "\"\(pick(paths))\":[\(matcher)]"
        }
        return "{" + fields.joined(separator: ",") + "}"
    }

    /// A number below a bound.
    mutating func below(_ bound: Int) -> Int { Int(chance.next() % UInt64(bound)) }

    private mutating func pick<Value>(_ values: [Value]) -> Value { values[below(values.count)] }

    /// An event; arrays of objects are frequent in it.
    mutating func event() -> String { object(depth: 0) }

    private mutating func object(depth: Int) -> String {
        let members = (0..<below(5)).map { _ in "\"\(pick(Self.names))\":\(value(depth: depth + 1))" }
        return "{" + members.joined(separator: pick([",", " , ", ",\n"])) + "}"
    }

    private mutating func value(depth: Int) -> String {
        switch below(depth > 4 ? 5 : 10) {
        case 0, 1: "\"\(pick(Self.texts))\""
        case 2, 3: pick(Self.numbers)
        case 4: pick(["true", "false", "null"])
        case 5, 6: object(depth: depth)
        default: "[" + (0..<below(4)).map { _ in value(depth: depth + 1) }.joined(separator: ",") + "]"
        }
    }

    /// A pattern; it may be refused for wildcards that follow each other.
    mutating func pattern() -> String { fields(depth: 0, mayBeOr: true) }

    private mutating func fields(depth: Int, mayBeOr: Bool) -> String {
        var members = (0...below(3)).map { _ in
            let name = pick(Self.names)
            if depth < 3, below(3) == 0 { return "\"\(name)\":\(fields(depth: depth + 1, mayBeOr: mayBeOr))" }
            return "\"\(name)\":[\((0...below(3)).map { _ in matcher() }.joined(separator: ","))]"
        }
        if mayBeOr, below(4) == 0 {
            let alternatives = (0..<2).map { _ in fields(depth: depth + 1, mayBeOr: below(3) == 0) }
            members.insert("\"$or\":[\(alternatives.joined(separator: ","))]", at: below(members.count + 1))
        }
        return "{" + members.joined(separator: ",") + "}"
    }

    private mutating func text() -> String { "\"\(pick(Self.texts).filter { $0 != "*" })\"" }

    private mutating func wildcard() -> String {
        let parts = (0..<below(4)).map { _ in pick(Self.texts).filter { $0 != "*" } }
        return "\"\(pick(["", "*"]))\(parts.joined(separator: "*"))\(pick(["", "*", "x"]))\""
    }

    private mutating func list(_ element: (inout Self) -> String) -> String {
        below(2) == 0 ? element(&self) : "[" + (0...below(3)).map { _ in element(&self) }.joined(separator: ",") + "]"
    }

    private mutating func matcher() -> String {
        switch below(17) {
        case 0, 1: "\"\(pick(Self.texts))\""
        case 2: pick(Self.numbers)
        case 3: pick(["true", "false", "null"])
        case 4: "{\"prefix\":\(text())}"
        case 5: "{\"suffix\":\(text())}"
        case 6: "{\"equals-ignore-case\":\(text())}"
        case 7: "{\"\(pick(["prefix", "suffix"]))\":{\"equals-ignore-case\":\(text())}}"
        case 8, 9: "{\"wildcard\":\(wildcard())}"
        case 10: "{\"numeric\":[\"\(pick(["=", "<", "<=", ">", ">="]))\",\(pick(Self.numbers))]}"
        case 11:
            "{\"numeric\":[\"\(pick([">", ">="]))\",\(pick(["-1", "0", "0.1"])),\"\(pick(["<", "<="]))\",\(pick(["1", "10"]))]}"
        case 12: "{\"cidr\":\"\(pick(["10.0.0.0/24", "10.0.0.0/8", "2001:db8::/32", "10.0.0.0/31", "::/0"]))\"}"
        case 13: "{\"exists\":\(pick(["true", "false"]))}"
        case 14: "{\"anything-but\":\(list { $0.text() })}"
        case 15: "{\"anything-but\":\(list { $0.pick(["0", "1", "10", "0.5"]) })}"
        default:
            switch below(3) {
            case 0: "{\"anything-but\":{\"\(pick(["prefix", "suffix"]))\":\(list { _ in "\"a\"" })}}"
            case 1: "{\"anything-but\":{\"equals-ignore-case\":\(list { $0.text() })}}"
            default: "{\"anything-but\":{\"wildcard\":\(list { $0.wildcard() })}}"
            }
        }
    }
}

/// SplitMix64: the same for the same seed.
struct Chance: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ value >> 30) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ value >> 27) &* 0x94D0_49BB_1331_11EB
        return value ^ value >> 31
    }
}
