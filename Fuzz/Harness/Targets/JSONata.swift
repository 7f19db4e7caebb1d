import Core

@testable import JSONata

extension FuzzTarget {
    /// The expression language of state machines.
    static let jsonata = [jsonataExpressions, jsonataValues, regularExpressions]

    private static let limits = EvaluationLimits(depth: 60, steps: 20_000, bytes: 4 << 20, nesting: 60)

    /// An expression, in both dialects, over a small input.
    private static let jsonataExpressions = FuzzTarget(
        "jsonata-expressions",
        texts: [
            "Account.Order[0].Product{`Product Name`: $sum(Price)}^(>$)[]", "a@$x.b#$i[$x=$i].{'p': %.c, 'q': %.%}",
            "($f := function($n, $m)<nn?:n>{$n = 0 ? $m : $f($n - 1, $m * 2)}; $f(5, 1)) ~> $string",
            "$ ~> |**[a]|{'x': $}, ['a']|", "[1..5][$ % 2 = 0] ~> $map(λ($v, $i){$v * $i}) ~> $reduce($append)",
            "$replace(a, /(b+)(?=c)|\\d{2,}?/i, function($m){$m.groups[0]}) & $match(a, /x/)",
            "$fromMillis(0, '[Y0001]-[M01]-[D1o] [FNn,3-3] [H01]:[m]:[s].[f001][Z01:01t]', '-0530')",
            "$toMillis('twenty-first August 2017', '[Dwo] [MNn] [Y]') & $toMillis('2017-10-30T16:25:32.935Z')",
            "$formatNumber(-1234.5, '#,##0.00;(#)') & $formatInteger(1999, 'I;o') & $parseInteger('aa', 'a')",
            "$sort($keys($), function($l, $r){$l > $r}) ?? $hash('a', 'MD5') ?: $partition([1,2,3], 2)",
            "$eval('1 + 1') & $substring('abc', -2, 1) & $pad(a, -5, '#') & $encodeUrl(a) & $parse('{}')",
            "**.*.\"a\"[-1] in (null; true) and $not(false) or -1 <= 2", "$filter(?, $boolean)([0, 1]) /* c */",
        ]
    ) { bytes in
        let input: JSON = ["a": ["bbc", 12, ["x": nil]], "b": [["c": 1], ["c": 2]], "c": "\u{FFFD}é"]
        for dialect in [Dialect.standard, .stepFunctions] { evaluate(bytes.text, input, dialect) }
    }

    /// An expression on the first line, its input on the second.
    private static let jsonataValues = FuzzTarget(
        "jsonata-values",
        texts: [
            "$string($, true)\n{\"a\":[1,[2,{\"b\":null}]]}", "$ = $ and $distinct([$, $])\n[[1e308],{\"a\":-0.0}]",
            "$spread($) ~> $merge\n[{\"a\":1},{\"a\":2,\"b\":[]}]", "$contains(a, b)\n{\"a\":\"xy\",\"b\":\"y\"}",
            "$toMillis(a, b)\n{\"a\":\"2018-094\",\"b\":\"[Y0001]-[d001]\"}",
            "$formatNumber(a, b, c)\n{\"a\":12.5,\"b\":\"#0.0e0\",\"c\":{\"zero-digit\":\"a\"}}",
            "$number(a) & $decodeUrlComponent(b) & $base64decode(c)\n{\"a\":\"0x1F\",\"b\":\"%C3%BC\",\"c\":\"YQ==\"}",
        ]
    ) { bytes in
        let (text, json) = bytes.halves()
        guard let input = accepted({ try JSON(parsing: json) }) else { return }
        evaluate(text.text, input, .standard)
    }

    private static func evaluate(_ text: String, _ input: JSON, _ dialect: Dialect) {
        guard let expression = accepted({ try JSONataExpression(parsing: text, dialect: dialect) }) else { return }
        let now = Instant(milliseconds: 1_700_000_000_000)
        let bindings: [String: JSON] = ["states": ["input": input]]
        let results = (0..<2).map { _ in
            accepted { try expression.value(of: input, bindings: bindings, limits: limits, now: now)?.text ?? "" }
        }
        let isRandom = ["random", "shuffle", "uuid", "eval"].contains { text.contains($0) }
        require(isRandom || results[0] == results[1], "two values of one expression differ")
        guard let value = results[0], !value.isEmpty else { return }
        require(accepted { try JSON(parsing: value) } != nil, "a value is no JSON")
    }

    /// An expression on the first line, a text on the second.
    private static let regularExpressions = FuzzTarget(
        "regular-expressions",
        texts: [
            "(a+)+$\naaaaaaaa!", "^(?<y>\\d{4})-(?:[0-1]\\d|x)?\\b\n2018-11", "(?=(a|b)*?)\\1[^\\W_-]\\u00e9\\x41\nab",
            "(?<!a)(?<=b{1,3}).\\s\\S|\\k<n>(?<n>.)\nbb c",
        ]
    ) { bytes in
        let (pattern, text) = bytes.halves()
        for ignoresCase in [false, true] {
            guard
                let expression = accepted({ () throws(RegexFlaw) in
                    try RegularExpression(parsing: pattern.text, ignoresCase: ignoresCase, hasLines: ignoresCase)
                })
            else { return }
            require(expression.instructions.count <= RegularExpression.instructionLimit + 1)
            let meter = Meter(limits)
            guard let subject = accepted({ () throws(JSONataError) in try Subject(text.text, meter: meter) }) else {
                return
            }
            var matcher = RegexMatcher(expression, on: subject, meter: meter)
            let match = accepted { () throws(JSONataError) in try matcher.first(from: 0) }
            guard let match = match ?? nil else { continue }
            require(match.groups.count == expression.groupCount)
            for range in match.groups + [match.range] {
                require(range.map { $0.upperBound <= subject.scalars.count } ?? true, "a match is outside of the text")
            }
        }
    }
}
