import Core
import Foundation
import Testing

@testable import JSONata

/// What a hostile expression or input must not achieve: to stall, to overflow a stack, to take the memory.
struct LimitTests {
    /// The code of the error that an expression ends with, or the value as text.
    private static func outcome(
        _ text: String, of input: JSON? = nil, limits: EvaluationLimits = EvaluationLimits(steps: 300_000)
    ) -> String {
        do throws(JSONataError) {
            let value = try JSONataExpression(parsing: text, dialect: .standard).value(of: input, limits: limits)
            return value?.text ?? "undefined"
        } catch {
            return error.code
        }
    }

    /// Does something on a thread with a stack of 512 KiB.
    private static func onSmallStack(_ body: @escaping @Sendable () -> String) -> String {
        let result = Outcome()
        let thread = Thread { result.finish(body()) }
        thread.stackSize = 512 * 1024
        thread.start()
        return result.wait()
    }

    private final class Outcome: @unchecked Sendable {
        private let done = DispatchSemaphore(value: 0)
        private var text = ""

        func finish(_ text: String) {
            self.text = text
            done.signal()
        }

        func wait() -> String {
            done.wait()
            return text
        }
    }

    @Test(arguments: [
        "($f := function($n) { $n = 0 ? 0 : 1 + $f($n - 1) }; $f(100000))",
        "($f := function($n) { 1 + $f($n) }; $f(1))",
        "($f := function($x) { [$f($x)] }; $f(1))",
        "($f := function($x) { $map([$x], $f) }; $f(1))",
        "($f := function($x) { {'a': $f($x)} }; $f(1))",
        "($f := function($x) { $x ~> |$|{'a': $f($x)}| }; $f({}))",
        "($f := function($x) { [1][$f($x)] }; $f(1))",
        "($f := function($x) { $eval('$f(1)') & 'a' }; $f(1))",
    ]) func `recursion without end is ended`(_ text: String) {
        #expect(Self.onSmallStack { Self.outcome(text) } == "U1001")
    }

    @Test(arguments: [
        "($f := function() { $f() }; $f())",
        "($f := function($n) { $n < 0 ? $n : $f($n + 1) }; $f(1))",
        "($even := function($n) { $odd($n) }; $odd := function($n) { ($x := 1; $even($n)) }; $even(1))",
        "$map([1..1000], function($x) { $map([1..1000], function($y) { $x * $y }) })",
    ]) func `work without end is ended`(_ text: String) {
        #expect(Self.outcome(text) == "U1001")
    }

    @Test func `a call at the end of a function takes no depth`() {
        let text = "($f := function($n, $sum) { $n = 0 ? $sum : ($m := $n - 1; $f($m, $sum + $n)) }; $f(5000, 0))"
        #expect(Self.outcome(text, limits: EvaluationLimits(depth: 20)) == "12502500")
    }

    @Test(arguments: [
        ("[1..1e9]", "D2014"), ("[1..1e7]", "U1002"), ("[[1..1e6], [1..1e6], [1..1e6]]", "U1002"),
        ("$pad('', 1e12)", "U1002"), ("$pad('', 1e300, 'ab')", "U1002"),
        ("($f := function($s, $n) { $n = 0 ? $s : $f($s & $s, $n - 1) }; $f('0123456789', 100))", "U1002"),
        ("($f := function($a, $n) { $n = 0 ? $a : $f($append($a, $a), $n - 1) }; $f([1,2], 100))", "U1002"),
        ("($f := function($a, $n) { $n = 0 ? $a : $f([$a, $a], $n - 1) }; $string($f('a', 100)))", "U1002"),
        ("$replace('aaaaaaaaaaaaaaaaaaaa', 'a', $pad('', 1000000))", "U1002"),
        ("$join($map([1..1000], function($x) { $pad('', 100000) }))", "U1002"),
        ("($f := function($a, $n) { $n = 0 ? $a : $f($a ~> |**|{'x': $}|, $n - 1) }; $f({}, 1000))", "U1002"),
    ]) func `memory is bounded`(_ text: String, _ code: String) {
        let limits = EvaluationLimits(steps: 2_000_000, bytes: 8 << 20)
        let outcome = Self.onSmallStack { Self.outcome(text, limits: limits) }
        #expect(outcome == code || outcome == "U1001")
    }

    @Test(arguments: [
        "($f := function($a, $n) { $n = 0 ? $a : $f([[$a]], $n - 1) }; $f(1, 1000))",
        "($f := function($a, $n) { $n = 0 ? $a : $f({'a': $a}, $n - 1) }; $f(1, 1000))",
        "($f := function($g, $n) { $n = 0 ? $g : $f($g ~> $string, $n - 1) }; $f($string, 10000))",
        "($f := function($g, $n) { $n = 0 ? $g : $f($append(?, $g), $n - 1) }; $f($string, 10000))",
        "($f := function($g, $n) { $n = 0 ? $g : [$g].$f(function() { $ }, $n - 1) }; $f($string, 500))",
        "($f := function($n) { $n = 0 ? 1 : [function(){1}] ~> $map(function($x) { $x }) }; $f(1))",
    ]) func `what is nested too deep is refused, and taken apart without a deep stack`(_ text: String) {
        let outcome = Self.onSmallStack { Self.outcome(text) }
        #expect(["U1001", "U1003", "undefined", "null"].contains(outcome) || outcome.hasPrefix("["))
    }

    @Test func `a function at the end of which a higher-order function calls it takes no memory without end`() {
        let text = "($f := function($x) { $map([$x], $f) }; $f(1))"
        let limits = EvaluationLimits(depth: 50, steps: 100_000_000)
        #expect(Self.outcome(text, limits: limits) == "U1001")
    }

    @Test func `functions that know themselves are released`() throws {
        weak var released: Function?
        let text = "($f := function($n) { $n = 0 ? $f : $f($n - 1) }; $g := [function() { $g }]; $f(3))"
        do {
            let evaluation = Evaluation(dialect: .standard, limits: EvaluationLimits(), now: .now)
            var parser = JSONataParser(text, maximumDepth: 10)
            let function = try evaluation.value(of: parser.program(), input: nil, bindings: [:]).function
            released = function
            #expect(released != nil)
            evaluation.end()
        }
        #expect(released == nil)
    }

    @Test func `functions that know each other are released`() {
        let text =
            "($f := function($g, $n) { $n = 0 ? 'done' : $f(function() { $g() }, $n - 1) }; $f($string, 20000))"
        #expect(Self.onSmallStack { Self.outcome(text, limits: EvaluationLimits()) } == "\"done\"")
    }

    @Test(arguments: ["(", "[", "{'a':", "-", "function($x){", "a[", "$f(", "1?", "$a:=", "|a|", "a.("])
    func `expressions nested deep are refused`(_ piece: String) {
        let text = String(repeating: piece, count: 4_000)
        let code = Self.onSmallStack { Self.outcome(text) }
        #expect(["S0502", "S0211", "S0201"].contains(code), "\(piece): \(code)")
        // As deep as is allowed must be safe, too.
        let opened = String(repeating: piece, count: JSONataExpression.deepest / 2)
        #expect(Self.onSmallStack { Self.outcome(opened) }.hasPrefix("S"))
    }

    @Test(arguments: ["+1", "&'a'", ".a", "[0]", " or a", "~>$f", "?:1", "^($)", "@$x", "#$x"])
    func `long expressions are evaluated without a deep stack`(_ piece: String) {
        let text = "a" + String(repeating: piece, count: 60_000 / piece.utf8.count)
        let outcome = Self.onSmallStack { Self.outcome(text, of: ["a": 1]) }
        #expect(!outcome.isEmpty)
    }

    @Test(arguments: [
        "($f := function($a, $n) { $n = 0 ? $a : $f([$a, $a], $n - 1) }; $f(0, 100))",
        "($f := function($a, $n) { $n = 0 ? $a : $f([$a, $a], $n - 1) }; $f(0, 100) ? 1 : 2)",
        "($f := function($a, $n) { $n = 0 ? $a : $f({'a': $a, 'b': $a}, $n - 1) }; $f(0, 100) ~> |a|{}|)",
        "($a := $pad('', 500000, 'a'); $b := $pad('b', -250000, 'a'); $map([1..100], function($i) { $contains($a, $b) }))",
        "($z := [1..20000].(0); $count([1..20000][$z]))", "($z := [1..20000].(-1); $count([1..20000][$z]))",
        "$formatNumber(1, $pad('', 100000, ',#'))", "%", "$string(a.(%+%+%+%+%)).%",
    ]) func `small values and texts that take long end in time`(_ text: String) {
        let outcome = Self.onSmallStack { Self.outcome(text, limits: EvaluationLimits(steps: 1_000_000)) }
        #expect(["U1001", "U1002", "D3095", "S0217"].contains(outcome) || outcome.hasPrefix("[false"), "\(outcome)")
    }

    @Test func `many variables and many parents take time in proportion`() {
        let bindings = (0..<3000).map { "$v\($0):=\($0)" }.joined(separator: ";")
        let text = "(\(bindings); $sum([1..3000].($v0 + $v2999)))"
        #expect(Self.outcome(text) == "8997000")
        let parents = Array(repeating: "%", count: 1000).joined(separator: "+")
        #expect(Self.outcome("a.(\(parents))") == "S0503")
    }

    @Test func `deep brackets are evaluated on a small stack`() {
        let depth = JSONataExpression.deepest - 2
        let text = String(repeating: "(", count: depth) + "1" + String(repeating: ")", count: depth)
        #expect(Self.onSmallStack { Self.outcome(text) } == "1")
        let arrays = String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
        #expect(Self.onSmallStack { Self.outcome("$count(**.a) + $count(\(arrays))", of: ["a": 1]) } == "2")
    }

    @Test(arguments: ["(", "function($x){", "$exists(", "[", "{'a':", "1 ? "]) func `all that recurses is deep at once`(
        _ piece: String
    ) {
        // A group of an expression in brackets, each as deep as it may be.
        let outer = String(repeating: piece, count: JSONataExpression.deepest - 1)
        let groups = RegularExpression.depthLimit
        let inner = String(repeating: "(?=", count: groups) + "a" + String(repeating: ")", count: groups)
        #expect(Self.onSmallStack { Self.outcome("\(outer)/\(inner)/") }.hasPrefix("S") || piece == "1 ? ")
        #expect(Self.onSmallStack { Self.outcome("$contains('a', /\(inner)/)") } == "true")
    }

    @Test func `deep input is read on a small stack, and too deep input refused`() {
        var input: JSON = 1
        for _ in 0..<200 { input = ["a": [input]] }
        let tooDeep = input
        #expect(Self.onSmallStack { Self.outcome("a", of: tooDeep) } == "U1003")
        var deep: JSON = 1
        for _ in 0..<100 { deep = ["a": [deep]] }
        let allowed = deep
        for text in ["$string($)", "**.b", "$ = $", "$distinct([$, $])", "$ ~> |**|{'b':1}|", "$keys([$])", "*.*"] {
            let outcome = Self.onSmallStack { Self.outcome(text, of: allowed) }
            #expect(!outcome.hasPrefix("U"), "\(text): \(outcome)")
        }
    }

    @Test(arguments: [
        "(a+)+$", "(a|a)*$", "(a*)*b", "(.*)*(.*)*(.*)*x", "(a|aa)+$", "(?:a?){30}a{30}b", "(?=(a+)+b)a", "(a+)+\\\\1b",
        "(?<=(a+)+)b", "([a-z]+)*[0-9]", "(x+x+)+y|(a+a+)+b",
    ]) func `a hostile regular expression ends in an error or an answer`(_ pattern: String) {
        let text = "$contains($pad('', 40, 'a') & '!', /\(pattern.replacingOccurrences(of: "\\\\", with: "\\"))/)"
        let outcome = Self.onSmallStack { Self.outcome(text) }
        #expect(["U1001", "true", "false"].contains(outcome), "\(pattern): \(outcome)")
    }

    @Test func `a regular expression over a large text ends in an error or an answer`() {
        let text = "$count($match($pad('', 100000, 'ab'), /(a|b)*c|a/))"
        #expect(["U1001", "U1002", "50000"].contains(Self.outcome(text)))
    }

    @Test(arguments: [
        "((((((((((a{100}){100}){100}){100})))))))", "a{1001}", String(repeating: "(", count: 1000), "[z-a]", "a**",
        "*a",
        "(?#a)", "\\", "\\u12", "(?<a", "\\2(a)", "\\k<a>", "a{2,1}", "[", ")",
        String(repeating: "(a+)", count: 3000),
    ]) func `what is no regular expression is refused`(_ pattern: String) {
        #expect(throws: RegexFlaw.self) { try RegularExpression(parsing: pattern) }
    }

    @Test func `signatures of any kind take bounded time`() {
        let letters = String(repeating: "s?", count: 30)
        let arguments = Array(repeating: "'a'", count: 25).joined(separator: ",")
        let text = "function($x)<\(letters)n>{$x}(\(arguments))"
        #expect(Self.outcome(text) == "T0410")
        let many = "function($x)<\(String(repeating: "s", count: 5000))>{$x}(1)"
        #expect(Self.onSmallStack { Self.outcome(many) } == "S0403")
    }

    @Test(arguments: [
        ("1e308 * 10", "D1001"), ("0/0", "D1001"), ("$fromMillis(1e300)", "D3111"), ("$fromMillis(-1e16)", "D3111"),
        ("$toMillis('99999999999999999999', '[Y]')", "D3110"), ("$formatInteger(1e300, 'I')", "D1001"),
        ("$formatInteger(1e300, 'a')", "D1001"), ("$round(1.5, 1e300)", "1.5"), ("$round(5, -1e300)", "0"),
        ("$formatNumber(1e300, '0.0e0')", "\"1.0e300\""), ("$substring('abc', -1e300, 1e300)", "\"abc\""),
        ("[1,2,3][1e300]", "undefined"), ("[1,2,3][-1e300]", "undefined"), ("$power(10, 1e300)", "D3061"),
        ("$split('a,b', ',', 1e300)", "[\"a\",\"b\"]"), ("$formatBase(1e300, 2) ~> $length()", "997"),
        ("[1..3][[1e300, 1]]", "2"), ("$fromMillis(0, '[Y]', '+9999999999')", "D3134"),
    ]) func `numbers beyond all measure trap nothing`(_ text: String, _ outcome: String) {
        #expect(Self.outcome(text) == outcome)
    }
}
