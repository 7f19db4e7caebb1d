import Core
import Testing

@testable import AccessPolicy

/// What decides quickly decides as a look at every statement does, one after the other.
struct StatementTableTests {
    @Test func `many statements are decided as each by itself`() throws {
        for seed in 0..<2000 {
            var random = RandomStatements(seed: UInt64(seed))
            let authorization = try Authorization(identity: random.policies())
            for _ in 0..<3 {
                let (request, tags, context) = random.request()
                let explanation = authorization.explain(request, context)
                let denial = explanation.applied.first { $0.effect == .deny }
                let permission = explanation.applied.first { $0.effect == .allow }
                let expected: Decision =
                    denial.map { .explicitlyDenied(by: $0.statement) } ?? permission.map {
                        .allowed(by: $0.statement)
                    } ?? .implicitlyDenied(missing: .identity)
                #expect(explanation.decision == expected, "seed \(seed)")
                // The same where it is known beforehand which tags there can be.
                let filtered = AccessRequest(
                    request.requester, request.action, on: request.resource, of: request.owner, tags: TagFilter([tags]))
                #expect(authorization.decide(filtered, context) == expected, "seed \(seed), filtered")
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
    func `numbers stand on a scale as they compare`(_ left: String, _ right: String, _ order: Int) throws {
        let (one, other) = (try #require(DecimalNumber(left)), try #require(DecimalNumber(right)))
        #expect((one < other, one == other, one > other) == (order < 0, order == 0, order > 0))
        for scale in [Scale([one, other]), Scale([one]), Scale([other, other])] {
            let (first, second) = (scale.place(of: one), scale.place(of: other))
            #expect((first < second, first == second, first > second) == (order < 0, order == 0, order > 0))
        }
    }

    @Test(arguments: [
        "0.0.0.0/0", "10.0.0.0/8", "10.255.255.255", "255.255.255.255", "::/0", "::ffff:0:0/95", "::ffff:10.1.0.0/112",
        "2001:db8::/32", "::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
    ])
    func `an address lies between the ends of exactly the ranges that contain it`(_ text: String) throws {
        let range = try #require(AddressRange(text))
        let others = ["0.0.0.0/0", "10.1.2.0/24", "::/0", "::fffe:0:0/96", "2001:db8:1::/48"].compactMap {
            AddressRange($0)
        }
        let scale = Scale((others + [range]).flatMap { [$0.first, $0.last] })
        for text in [
            "0.0.0.0", "9.255.255.255", "10.0.0.0", "10.1.2.3", "10.255.255.255", "11.0.0.0", "255.255.255.255", "::",
            "::1", "::ffff:10.1.0.255", "::ffff:10.2.0.0", "::fffe:0:1", "2001:db8::", "2001:db9::", "2001:db8:1::9",
            "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
        ] {
            let address = try #require(AddressRange(text))
            let place = scale.place(of: try #require(address.single))
            for one in others + [range] {
                let interval = Interval(scale.place(of: one.first), scale.place(of: one.last))
                #expect(interval.contains(place) == one.contains(address), "\(text)")
            }
        }
    }

    @Test func `a tag is found whatever the case of its key, and no other`() throws {
        let tags = PrincipalTags(["team": "blue", "": "none", "cost-center": "7"])
        for (key, value) in [("TEAM", "blue"), ("team", "blue"), ("", "none"), ("Cost-Center", "7"), ("teams", nil)] {
            let key = try #require(ContextKey("aws:PrincipalTag/" + key))
            #expect(key.isPrincipalTag)
            #expect(tags.value(of: key) == value)
        }
        for key in ["team", "", "Cost-Center"] {
            #expect(try !#require(ContextKey("aws:PrincipalTag/" + key)).isMissing(TagFilter([tags])))
            #expect(try #require(ContextKey("aws:PrincipalTag/" + key)).isMissing(TagFilter([])))
            #expect(try !#require(ContextKey("aws:PrincipalTag/" + key)).isMissing(.unknown))
        }
        #expect(try !#require(ContextKey("aws:PrincipalTag")).isPrincipalTag)
        #expect(try !#require(ContextKey("aws:RequestTag/team")).isPrincipalTag)
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

    mutating func request() -> (AccessRequest, PrincipalTags, (ContextKey) -> ContextValue?) {
        var values: [String: ContextValue] = [:]
        for key in ["x:a", "x:b", "x:c"] where !chance.next().isMultiple(of: 4) { values[key] = value() }
        var own: [String: String] = [:]
        for key in ["t", "u"] where chance.next().isMultiple(of: 2) { own[key] = word(3) }
        let tags = PrincipalTags(own)
        let requester = pick([World.ada, World.job])
        let action = pick(["s3:GetObject", "s3:PutObject", "S3:getobject", "sqs:SendMessage"])
        return (
            World.request(requester, action, on: "arn:aws:s3:::b/" + word(5)), tags,
            { $0.isPrincipalTag ? tags.value(of: $0).map { .text($0) } : values[$0.name] }
        )
    }

    private mutating func value() -> ContextValue {
        switch chance.next() % 10 {
        case 8: .text(pick(["2001:db8::7", "::ffff:10.0.1.9", "10.0.1.0/28", "::/1"]))
        case 9: .text(pick(["1.25", "-7", "1e2", "12345678901234567890123456789012345678901", "1969-12-31"]))
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
        let key = pick(["x:a", "x:b", "x:c", "X:A", "aws:PrincipalTag/t", "AWS:principaltag/U"])
        let (name, values): (String, String) =
            switch chance.next() % 7 {
            case 0:
                (
                    "Numeric"
                        + pick([
                            "Equals", "LessThan", "NotEquals", "LessThanEquals", "GreaterThan", "GreaterThanEquals",
                        ]),
                    list(["0", "1", "2.0", "1e0", "-1", "1.5", "12345678901234567890123456789012345678901"])
                )
            case 1:
                (
                    "Date"
                        + pick([
                            "Equals", "LessThan", "NotEquals", "LessThanEquals", "GreaterThan", "GreaterThanEquals",
                        ]),
                    list(["1970-01-01T00:00:01Z", "2", "2020-01-01", "0"])
                )
            case 2:
                (
                    pick(["IpAddress", "NotIpAddress"]),
                    list(["10.0.1.0/24", "10.0.0.0/15", "10.0.2.1", "::/0", "::ffff:10.0.0.0/104", "2001:db8::/32"])
                )
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
                "${x:b}", "${x:c, 'ada'}", "${aws:PrincipalTag/t}", "${aws:PrincipalTag/U, 'a'}",
            ])
        }.joined()
    }

    private mutating func list(_ values: [String]) -> String {
        (0..<pick([1, 1, 2])).map { _ in quoted(pick(values)) }.joined(separator: ",")
    }

    private mutating func pick<Value>(_ values: [Value]) -> Value { values[Int(chance.next() % UInt64(values.count))] }
}
