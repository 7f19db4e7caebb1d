/// One of the two parts of a picture of `$formatNumber`: for numbers from 0, and for negative ones.
struct SubPicture {
    let text: String
    var prefix: String
    let suffix: String
    let integerPart: String
    let fractionalPart: String
    let exponentPart: String?
    private let activePart: String
    private let format: DecimalFormat

    /// Takes a part apart, and refuses what is none.
    init(_ text: String, _ format: DecimalFormat) throws(JSONataError) {
        self.text = text
        self.format = format
        let scalars = Array(text.unicodeScalars)
        let isEdge = { (scalar: Unicode.Scalar) in
            format.isActive(scalar) && String(scalar) != format.exponentSeparator
        }
        let first = scalars.firstIndex(where: isEdge) ?? 0
        let last = scalars.lastIndex(where: isEdge) ?? scalars.count - 1
        prefix = Self.text(scalars[..<first])
        suffix = Self.text(scalars[(last + 1)...])
        activePart = Self.text(scalars[first..<max(first, last + 1)])
        var mantissa = activePart
        var exponent: String?
        if let mark = activePart.firstRange(ofText: format.exponentSeparator) {
            mantissa = String(activePart[..<mark.lowerBound])
            exponent = String(activePart[mark.upperBound...])
        }
        exponentPart = exponent
        if let point = mantissa.firstRange(ofText: format.decimalSeparator) {
            integerPart = String(mantissa[..<point.lowerBound])
            fractionalPart = String(mantissa[point.upperBound...])
        } else {
            integerPart = mantissa
            fractionalPart = ""
        }
        if let code = flaw(mantissa) { throw JSONataError(code, value: Value.string(text).shown) }
    }

    private static func text(_ scalars: ArraySlice<Unicode.Scalar>) -> String {
        var view = String.UnicodeScalarView()
        view.append(contentsOf: scalars)
        return String(view)
    }

    /// The last rule of section 4.7.3 that is broken, which is the one that the reference implementation names.
    private func flaw(_ mantissa: String) -> String? {
        let rules: [(String, Bool)] = [
            ("D3081", count(format.decimalSeparator, in: text) > 1),
            ("D3082", count(format.percent, in: text) > 1),
            ("D3083", count(format.perMille, in: text) > 1),
            ("D3084", count(format.percent, in: text) > 0 && count(format.perMille, in: text) > 0),
            ("D3085", !mantissa.unicodeScalars.contains { isPlace($0) }),
            ("D3086", activePart.unicodeScalars.contains { !format.isActive($0) }),
            ("D3087", hasPointBesideGrouping),
            (
                "D3088",
                count(format.decimalSeparator, in: text) == 0 && integerPart.hasSuffix(format.groupingSeparator)
            ),
            ("D3089", count(format.groupingSeparator + format.groupingSeparator, in: text) > 0),
            ("D3090", hasDigitBeforeOptional(Array(integerPart.unicodeScalars))),
            ("D3091", hasDigitBeforeOptional(fractionalPart.unicodeScalars.reversed())),
            (
                "D3092",
                exponentPart?.isEmpty == false
                    && (count(format.percent, in: text) > 0 || count(format.perMille, in: text) > 0)
            ),
            ("D3093", exponentPart.map { $0.isEmpty || !$0.unicodeScalars.allSatisfy { format.isDigit($0) } } ?? false),
        ]
        return rules.last { $0.1 }?.0
    }

    private func count(_ part: String, in text: String) -> Int {
        var count = 0
        var start = text.startIndex
        while let found = text.firstRange(ofText: part, from: start) {
            count += 1
            start = found.upperBound
        }
        return count
    }

    /// Whether a character stands for a digit, which there must be or may be.
    private func isPlace(_ scalar: Unicode.Scalar) -> Bool { format.isDigit(scalar) || String(scalar) == format.digit }

    private var hasPointBesideGrouping: Bool {
        count(format.groupingSeparator + format.decimalSeparator, in: text) > 0
            || count(format.decimalSeparator + format.groupingSeparator, in: text) > 0
    }

    private func hasDigitBeforeOptional(_ scalars: [Unicode.Scalar]) -> Bool {
        guard let optional = scalars.firstIndex(where: { String($0) == format.digit }) else { return false }
        return scalars[..<optional].contains { format.isDigit($0) }
    }

    // MARK: Sizes

    /// How many digits there must be, and may be, in a part.
    func digits(in part: String) -> (least: Int, most: Int) {
        (part.unicodeScalars.count { format.isDigit($0) }, part.unicodeScalars.count { isPlace($0) })
    }

    /// How many digits stand behind each grouping separator of the integer part, or before each of the fractional part.
    func groupings(isFraction: Bool) -> [Int] {
        let part = isFraction ? fractionalPart : integerPart
        var places: [Int] = []
        var start = part.startIndex
        while let found = part.firstRange(ofText: format.groupingSeparator, from: start) {
            let counted = isFraction ? part[..<found.lowerBound] : part[found.upperBound...]
            places.append(counted.unicodeScalars.count { isPlace($0) })
            start = found.upperBound
        }
        return places
    }
}
