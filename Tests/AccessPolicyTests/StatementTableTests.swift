import Core
import Testing

@testable import AccessPolicy

/// What decides quickly decides as a look at every statement does, one after the other.
struct StatementTableTests {
    @Test func `many statements are decided as each by itself`() throws {
        for seed in 0..<600 {
            var random = RandomStatements(seed: UInt64(seed))
            let authorization = try Authorization(identity: random.policies())
            for _ in 0..<3 {
                let (request, context) = random.request()
                let explanation = authorization.explain(request, context)
                let denial = explanation.applied.first { $0.effect == .deny }
                let permission = explanation.applied.first { $0.effect == .allow }
                let expected: Decision =
                    denial.map { .explicitlyDenied(by: $0.statement) } ?? permission.map {
                        .allowed(by: $0.statement)
                    } ?? .implicitlyDenied(missing: .identity)
                #expect(explanation.decision == expected, "seed \(seed)")
            }
        }
    }

    @Test func `of many policies the statement that decides is named by its own`() throws {
        let policies = try (0..<300).map { number in
            try policy(
                (0..<number % 4 + 1).map { statement(on: #""Resource":"arn:aws:s3:::b/\#(number)/\#($0)""#) },
                name: "policy-\(number)")
        }
        let authorization = Authorization(identity: policies)
        for (number, index) in [(0, 0), (3, 3), (120, 0), (255, 2), (299, 3)] {
            let request = World.request(World.ada, "s3:GetObject", on: "arn:aws:s3:::b/\(number)/\(index)")
            let reference = StatementReference(kind: .identity, policy: "policy-\(number)", index: index, sid: nil)
            #expect(authorization.decide(request) { _ in nil } == .allowed(by: reference))
        }
        #expect(
            !authorization.decide(World.request(World.ada, "s3:GetObject", on: "arn:aws:s3:::b/3/4")) { _ in nil }
                .isAllowed)
    }

    @Test func `a key is asked for once a decision, however many statements name it`() throws {
        let statements = (0..<200).map {
            statement(
                if: #"{"IpAddress":{"aws:SourceIp":"10.0.\#($0).0/24"},"StringLike":{"AWS:SourceIp":"10.0.\#($0).*"}}"#)
        }
        let authorization = try Authorization(identity: [policy(statements)])
        var asked: [String] = []
        let decision = authorization.decide(World.request()) { key in
            asked.append(key.name)
            return .text("10.0.199.7")
        }
        #expect(decision.isAllowed)
        // Once as an address, once as a text.
        #expect(asked == ["aws:sourceip", "aws:sourceip"])
    }

    @Test func `a condition is not asked for what its statement does not speak of`() throws {
        let other = statement(on: #""Resource":"arn:aws:lambda:us-east-1:111122223333:function:other""#, if: Self.ask)
        let get = statement("Allow", #""Action":"lambda:Get*""#, if: Self.ask)
        let authorization = try Authorization(identity: [policy([other, get])])
        let decision = authorization.decide(World.request()) { key in
            Issue.record("asked for \(key.text)")
            return nil
        }
        #expect(!decision.isAllowed)
    }

    private static let ask = #"{"StringEquals":{"x:Key":"a"}}"#

    @Test(arguments: [
        ("1", "1.0", 0), ("1", "1.01", -1), ("-1", "0", -1), ("0", "-0.5", 1), ("0", "0.000", 0), ("1e3", "999", 1),
        ("12345678901234567890123456789012345678", "12345678901234567890123456789012345679", -1), ("-2", "-10", 1),
        ("0.001", "0.01", -1), ("1e-400", "0", 1), ("-1e400", "1", -1),
    ])
    func `small decimals compare as decimals do`(_ left: String, _ right: String, _ order: Int) throws {
        let (one, other) = (try #require(DecimalNumber(left)), try #require(DecimalNumber(right)))
        let (small, large) = (try #require(SmallDecimal(one)), try #require(SmallDecimal(other)))
        #expect((one < other, one == other, one > other) == (order < 0, order == 0, order > 0))
        #expect((small < large, small == large, small > large) == (order < 0, order == 0, order > 0))
    }

    @Test func `more digits than fit are not a small decimal`() throws {
        #expect(SmallDecimal(try #require(DecimalNumber("1" + String(repeating: "2", count: 38)))) == nil)
    }

    @Test(arguments: [
        ("abc", "abc"), ("ab", "ab"), ("a", "a"), ("", ""), ("a*", "a"), ("*c", "abc"), ("a?c*", "aéc:x"),
        ("ABC", "ABC"), ("*", ""), ("*-17-*", "task-17-x"),
    ])
    func `what matches has the pieces that the pattern asks for`(_ pattern: String, _ text: String) throws {
        let compiled = try TextPattern(pattern, comparison: .exact, wildcards: true, version: .v2012)
        #expect(compiled.match(text.utf8.span) { _ in nil } == .yes)
        #expect(Trigrams(of: text.utf8).mayMatch(compiled.asked))
    }

    @Test(arguments: [("*-17-*", "task-18-x"), ("task-1", "task-12"), ("ask-1", "task-1"), ("*abc", "abcd")])
    func `what lacks a piece is told apart`(_ pattern: String, _ text: String) throws {
        let compiled = try TextPattern(pattern, comparison: .exact, wildcards: true, version: .v2012)
        #expect(!Trigrams(of: text.utf8).mayMatch(compiled.asked))
    }
}

/// Statements out of few enough letters that many patterns nearly match.
private struct RandomStatements {
    private var chance: Chance

    init(seed: UInt64) { chance = Chance(state: seed &* 7919) }

    mutating func policies() throws -> [NamedPolicy] {
        try (0..<pick([1, 2, 5])).map { number in
            try policy((0..<pick([1, 3, 8])).map { _ in statement() }, name: "p-\(number)")
        }
    }

    mutating func request() -> (AccessRequest, (ContextKey) -> ContextValue?) {
        var values: [String: ContextValue] = [:]
        for key in ["x:a", "x:b", "x:c"] where !chance.next().isMultiple(of: 4) { values[key] = value() }
        let requester = pick([World.ada, World.job])
        let action = pick(["s3:GetObject", "s3:PutObject", "S3:getobject", "sqs:SendMessage"])
        return (World.request(requester, action, on: "arn:aws:s3:::b/" + word(5)), { values[$0.name] })
    }

    private mutating func value() -> ContextValue {
        switch chance.next() % 8 {
        case 0: .texts((0..<pick([0, 1, 2])).map { _ in word(3) })
        case 1: .number(Int64(chance.next() % 4))
        case 2: .text("10.0.\(chance.next() % 3).1")
        case 3: .flag(true)
        case 4: .instant(Instant(milliseconds: Int64(chance.next() % 4) * 1000))
        case 5: .text("\(chance.next() % 4)")
        case 6: .text(pick(["", "YWI=", "2020-01-01"]))
        default: .text(word(4))
        }
    }

    private mutating func statement() -> String {
        let action = list(["s3:GetObject", "s3:Get*", "s3:*Object", "*", "s3:?etObject", "sqs:*", "S3:PUTOBJECT"])
        let resource = (0..<pick([1, 1, 3])).map { _ in quoted("arn:aws:s3:::b/" + pattern(5)) }.joined(separator: ",")
        var condition: String?
        if pick([true, true, false]) {
            condition = "{" + test() + pick(["", #","Null":{"x:b":"\#(pick(["true", "false"]))"}"#]) + "}"
        }
        return AccessPolicyTests.statement(
            pick(["Allow", "Allow", "Deny"]), pick([#""Action":"#, #""Action":"#, #""NotAction":"#]) + "[\(action)]",
            on: pick([#""Resource":"#, #""Resource":"#, #""NotResource":"#]) + "[\(resource)]", if: condition)
    }

    /// One operator with one key.
    private mutating func test() -> String {
        let quantifier = pick(["", "", "", "ForAllValues:", "ForAnyValue:"])
        let suffix = pick(["", "", "IfExists"])
        let key = pick(["x:a", "x:b", "x:c", "X:A"])
        let (name, values): (String, String) =
            switch chance.next() % 7 {
            case 0: (pick(["NumericEquals", "NumericLessThan", "NumericNotEquals"]), list(["0", "1", "2.0", "1e0"]))
            case 1: (pick(["DateEquals", "DateGreaterThanEquals"]), list(["1970-01-01T00:00:01Z", "2", "2020-01-01"]))
            case 2: (pick(["IpAddress", "NotIpAddress"]), list(["10.0.1.0/24", "10.0.0.0/15", "10.0.2.1"]))
            case 3: ("BinaryEquals", list(["YWI=", "YQ=="]))
            case 4: ("Bool", list(["true", "false"]))
            case 5: (pick(["ArnLike", "ArnNotEquals"]), list(["arn:aws:s3:::b/a*", "arn:*", "*"]))
            default:
                (
                    pick(["StringLike", "StringNotLike", "StringEquals", "StringNotEqualsIgnoreCase"]),
                    (0..<pick([1, 2])).map { _ in quoted(pattern(4)) }.joined(separator: ",")
                )
            }
        return #""\#(quantifier)\#(name)\#(suffix)":{"\#(key)":[\#(values)]}"#
    }

    private mutating func word(_ limit: UInt64) -> String {
        String((0..<chance.next() % (limit + 1)).map { _ in pick(["a", "b", "A", "-", "ada"]) }.joined())
    }

    private mutating func pattern(_ limit: UInt64) -> String {
        (0..<chance.next() % (limit + 1)).map { _ in
            pick([
                "a", "b", "A", "-", "ada", "*", "?", "${aws:username}", "${x:a}", "${x:none}", "${x:none, 'a'}", "${*}",
            ])
        }.joined()
    }

    private mutating func list(_ values: [String]) -> String {
        (0..<pick([1, 1, 2])).map { _ in quoted(pick(values)) }.joined(separator: ",")
    }

    private mutating func pick<Value>(_ values: [Value]) -> Value { values[Int(chance.next() % UInt64(values.count))] }
}
