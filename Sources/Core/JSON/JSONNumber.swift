/// A JSON number with the text it was written in, so that nothing is lost on the way through.
package struct JSONNumber: Hashable, Sendable {
    package let text: String

    /// Takes a whole number.
    package init(_ value: Int64) { text = String(value) }

    /// Takes a finite number; JSON has no text for the others, which become `nil`.
    package init?(_ value: Double) {
        guard value.isFinite else { return nil }
        text = value == value.rounded() && abs(value) < 1e15 ? String(Int64(value)) : value.description
    }

    /// Takes `digits` times a power of ten, and writes it with one digit before the point, as Java does: `1.5E9`.
    package init(_ digits: Int64, tensExponent: Int) {
        let all = String(digits.magnitude)
        var fraction = all.dropFirst()
        while fraction.last == "0" { fraction.removeLast() }
        let (sign, exponent) = (digits < 0 ? "-" : "", all.count - 1 + tensExponent)
        text = "\(sign)\(all.prefix(1)).\(fraction.isEmpty ? "0" : fraction)E\(exponent)"
    }

    /// Takes text that the parser found to be a number.
    init(verified text: String) { self.text = text }

    /// The whole number, if it is one that fits in 64 bits; `1.0` and `1e2` are whole too.
    package var integer: Int64? { Int64(text) ?? Double(text).flatMap { Int64(exactly: $0) } }

    /// The nearest floating-point number; infinite where the text is beyond its range.
    package var double: Double { Double(text) ?? .nan }
}
