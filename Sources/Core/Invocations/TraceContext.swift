/// Where in a trace a request stands: W3C Trace Context inside, `X-Amzn-Trace-Id` for AWS's clients and runtimes.
///
/// The two forms carry the same 128-bit trace id: X-Ray splits it into `1-` 8 hex digits `-` 24 hex digits.
/// Sources: W3C Trace Context Level 1 section 3.2; AWS X-Ray developer guide, "Tracing header".
package struct TraceContext: Hashable, Sendable {
    package let traceHigh: UInt64
    package let traceLow: UInt64
    package let span: UInt64
    package let sampled: Bool

    /// Starts a trace.
    package init() {
        let random: InlineArray<3, UInt64> = PooledRandom.several()
        self.init(high: max(1, random[0]), low: max(1, random[1]), span: max(1, random[2]), sampled: true)
    }

    /// Puts a context together from what a record kept of it.
    package init(high: UInt64, low: UInt64, span: UInt64, sampled: Bool) {
        traceHigh = high
        traceLow = low
        self.span = span
        self.sampled = sampled
    }

    /// A new span of the same trace: what a request that this one caused carries.
    package func child() -> TraceContext {
        TraceContext(high: traceHigh, low: traceLow, span: Self.random(), sampled: sampled)
    }

    /// Parses a `traceparent` header; `nil` if it is not valid, so that a new trace starts.
    package init?(traceparent: String) {
        let parts = traceparent.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count >= 4, parts[0].utf8.count == 2, parts[0] != "ff", parts[0] != "00" || parts.count == 4,
            parts[1].utf8.count == 32, let span = Self.hex(parts[2], digits: 16), span != 0,
            let flags = Self.hex(parts[3], digits: 2),
            let high = Self.hex(parts[1].prefix(16), digits: 16), let low = Self.hex(parts[1].suffix(16), digits: 16),
            high != 0 || low != 0
        else { return nil }
        self.init(high: high, low: low, span: span, sampled: flags & 1 == 1)
    }

    /// Parses an `X-Amzn-Trace-Id` header (`Root=1-…-…;Parent=…;Sampled=1`); a missing parent gets a new span.
    package init?(amazon header: String) {
        var root: (UInt64, UInt64)?
        var span: UInt64?
        var sampled = true
        for field in header.split(separator: ";") {
            let pair = field.split(separator: "=", maxSplits: 1)
            guard pair.count == 2 else { continue }
            switch pair[0] {
            case "Root": root = Self.amazonRoot(pair[1])
            case "Parent": span = Self.hex(pair[1], digits: 16)
            case "Sampled": sampled = pair[1] != "0"
            default: break
            }
        }
        guard let root else { return nil }
        self.init(high: root.0, low: root.1, span: span ?? Self.random(), sampled: sampled)
    }

    /// The `traceparent` header.
    package var traceparent: String {
        HexDigits.text("00-", traceHigh, traceLow, dashAfter: nil, "-", span, sampled ? "-01" : "-00")
    }

    /// The `X-Amzn-Trace-Id` header.
    package var amazon: String {
        HexDigits.text(
            "Root=1-", traceHigh, traceLow, dashAfter: 8, ";Parent=", span, sampled ? ";Sampled=1" : ";Sampled=0")
    }

    /// Any number but 0, which stands for nothing.
    private static func random() -> UInt64 { max(1, PooledRandom().next()) }

    private static func amazonRoot(_ text: Substring) -> (UInt64, UInt64)? {
        let parts = text.split(separator: "-")
        guard parts.count == 3, parts[0] == "1", parts[1].utf8.count == 8, parts[2].utf8.count == 24 else { return nil }
        let digits = parts[1] + parts[2]
        guard let high = hex(digits.prefix(16), digits: 16), let low = hex(digits.suffix(16), digits: 16) else {
            return nil
        }
        return (high, low)
    }

    private static func hex(_ text: Substring, digits: Int) -> UInt64? {
        guard text.utf8.count == digits, text.utf8.allSatisfy({ $0 != UInt8(ascii: "+") }) else { return nil }
        return UInt64(text, radix: 16)
    }
}
