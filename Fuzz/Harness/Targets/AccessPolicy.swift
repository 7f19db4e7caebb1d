import Core

@testable import AccessPolicy

extension FuzzTarget {
    /// The policy language.
    static let accessPolicy = [policyDecisions, policyPatterns, policyValues, statementPlaces]

    /// A policy on the first line, the resource on the second.
    private static let policyDecisions = FuzzTarget(
        "policy-decisions",
        texts: [
            """
            {"Version":"2012-10-17","Statement":[{"Sid":"a","Effect":"Allow","Action":["s3:Get*"],"Resource":"*",\
            "Condition":{"StringLike":{"aws:x":["a*"]},"IpAddress":{"aws:SourceIp":"10.0.0.0/8"}}}]}
            arn:aws:s3:::b/k
            """,
            """
            {"Statement":{"Effect":"Deny","NotAction":"sts:*","NotPrincipal":{"AWS":"123456789012"},\
            "NotResource":"arn:aws:s3:::${aws:username, 'x'}/*"}}
            arn:aws:s3:::x/y
            """,
            """
            {"Statement":[{"Effect":"Allow","Action":"*","Principal":{"Service":"events.amazonaws.com"},"Condition":\
            {"ForAllValues:ArnLike":{"a:b":"arn:*"},"Null":{"c:d":true},"DateLessThan":{"e:f":"2020-01-01T00:00Z"}}}]}
            *
            """,
        ]
    ) { bytes in
        let (text, resource) = bytes.halves()
        for use in [Policy.Use.identity, .resource, .trust] {
            guard let policy = accepted({ try Policy(parsing: text, use: use) }) else { continue }
            require(accepted { try Policy(parsing: text, use: use) }?.statements.count == policy.statements.count)
            _ = policy.warnings(knownServices: ["s3"])
            decide(NamedPolicy("p", policy), use, on: resource.text)
        }
    }

    private static let deny: NamedPolicy = {
        let text = #"{"Statement":{"Effect":"Deny","Action":"*","Resource":"*"}}"#
        guard let policy = accepted({ try Policy(parsing: text, use: .identity) }) else { fatalError("a policy") }
        return NamedPolicy("deny", policy)
    }()

    /// Whatever the policy says, the index finds what a look at all statements finds, and a denial denies.
    private static func decide(_ policy: NamedPolicy, _ use: Policy.Use, on resource: String) {
        let user = Requester.user(.standard, arn: "arn:aws:iam::000000000000:user/x", id: "AIDAX")
        let request = AccessRequest(user, ActionName("s3:GetObject"), on: resource, of: .standard)
        var authorization = Authorization()
        switch use {
        case .identity: authorization.identity = PolicyGroup([policy])
        case .resource: authorization.resource = .of(policy)
        case .trust: authorization.resource = .trust(policy)
        }
        let explanation = authorization.explain(request) { key in
            key.name.utf8.count % 2 == 0 ? .text(resource) : key.tag == nil ? nil : .texts([resource, ""])
        }
        let isDenied = if case .explicitlyDenied = explanation.decision { true } else { false }
        require(isDenied == explanation.applied.contains { $0.effect == .deny })
        authorization.identity = PolicyGroup(authorization.identity.policies + [deny])
        require(!authorization.decide(request) { _ in .text(resource) }.isAllowed)
    }

    /// Of a policy there are as many places as statements, and of anything else the walk ends.
    private static let statementPlaces = FuzzTarget(
        "statement-places",
        texts: [
            #"{"Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"}]}"#,
            #"{"Id":"}{\"","Statement":{"Effect":"Deny","Action":["a:b"],"Resource":"*"}}"#, "{\"Statement\":[\"\\",
        ]
    ) { bytes in
        let extents = StatementPlaces(in: bytes.text).extents
        if let policy = accepted({ try Policy(parsing: bytes, use: .identity) }) {
            require(extents.count == policy.statements.count)
        }
    }

    /// A pattern on the first line, a text on the second.
    private static let policyPatterns = FuzzTarget(
        "policy-patterns",
        texts: ["a*b?c\nabxc", "arn:aws:s3:::*/?\narn:aws:s3:::a/b", "${aws:x, 'y'}*\nyz", "**?*:\na:", "?\né"]
    ) { bytes in
        let (pattern, text) = bytes.halves()
        for comparison in [TextPattern.Comparison.exact, .folded, .arn] {
            guard
                let compiled = accepted({ () throws(TextPattern.Fault) in
                    try TextPattern(pattern.text, comparison: comparison, wildcards: true, version: .v2012)
                })
            else { continue }
            let match = compiled.match(text.text.utf8.span) { _ in nil }
            require(match == compiled.match(text.text.utf8.span) { _ in nil })
            let trigrams = Trigrams(of: text.text.utf8)
            if match == .yes { require(trigrams.mayMatch(compiled.asked), "what matches is taken for what cannot") }
            if match != .no { require(trigrams.mayMatch(compiled.askedForUnknown)) }
            if compiled.isLiteral, match == .yes { require(pattern.text.utf8.count >= text.text.utf8.count) }
        }
        _ = ActionPattern(pattern.text)?.matches(ActionName(text.text))
        _ = PrincipalPattern(aws: pattern.text)
    }

    private static let policyValues = FuzzTarget(
        "policy-values",
        texts: [
            "10.0.0.0/8", "2001:db8::/32", "::ffff:1.2.3.4", "1e3", "-0.50", "2020-02-29T23:59:60.123+01:00", "2020",
            "1605873600", "ForAnyValue:StringNotLikeIfExists", "aws:PrincipalTag/a b",
        ]
    ) { bytes in
        if let range = AddressRange(bytes.text) { require(range.contains(range)) }
        if let number = DecimalNumber(bytes.text) {
            require(!(number < number))
            if let zero = DecimalNumber("0") { require(number == zero || (number < zero) != (zero < number)) }
        }
        if let date = PolicyDate.instant(bytes.text) {
            require(PolicyDate.instant(date.iso8601) == date || date.milliseconds.magnitude > 1 << 45)
        }
        if let comparison = ConditionOperator(bytes.text) { require(ConditionOperator(comparison.text) == comparison) }
        if let key = ContextKey(bytes.text) { require(ContextKey(key.text) == key) }
    }
}
