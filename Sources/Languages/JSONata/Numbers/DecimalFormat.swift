/// The characters that a picture of `$formatNumber` is written with (XPath and XQuery Functions 3.1, section 4.7).
struct DecimalFormat {
    let decimalSeparator: String
    let groupingSeparator: String
    let exponentSeparator: String
    let minusSign: String
    let percent: String
    let perMille: String
    let zeroDigit: Unicode.Scalar
    let digit: String
    let patternSeparator: String

    /// Takes what is said of them, and for the rest what is usual.
    init(_ options: Record) throws(JSONataError) {
        func option(_ name: String, _ usual: String) throws(JSONataError) -> String {
            guard let value = options[name] else { return usual }
            guard case .string(let text) = value, !text.isEmpty else { throw JSONataError("D3094", value: name) }
            return text
        }
        decimalSeparator = try option("decimal-separator", ".")
        groupingSeparator = try option("grouping-separator", ",")
        exponentSeparator = try option("exponent-separator", "e")
        minusSign = try option("minus-sign", "-")
        percent = try option("percent", "%")
        perMille = try option("per-mille", "\u{2030}")
        zeroDigit = try option("zero-digit", "0").unicodeScalars.first ?? "0"
        digit = try option("digit", "#")
        patternSeparator = try option("pattern-separator", ";")
    }

    /// Whether a character is one of the ten digits.
    func isDigit(_ character: Unicode.Scalar) -> Bool {
        character.value >= zeroDigit.value && character.value - zeroDigit.value < 10
    }

    /// Whether a character has a meaning in a picture.
    func isActive(_ character: Unicode.Scalar) -> Bool {
        let text = String(character)
        return isDigit(character)
            || [decimalSeparator, exponentSeparator, groupingSeparator, digit, patternSeparator].contains(text)
    }

    /// A text of ASCII digits in the digits of this format.
    func localized(_ digits: String) -> String {
        var view = String.UnicodeScalarView()
        for scalar in digits.unicodeScalars {
            let isDigit = ("0"..."9").contains(scalar)
            view.append(isDigit ? Unicode.Scalar(zeroDigit.value + scalar.value - 48) ?? scalar : scalar)
        }
        return String(view)
    }
}
