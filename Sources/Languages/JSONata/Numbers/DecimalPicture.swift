/// A picture of `$formatNumber` (XPath and XQuery Functions 3.1, section 4.7).
struct DecimalPicture {
    private let format: DecimalFormat
    private let positive: SubPicture
    private let negative: SubPicture

    /// Reads a picture of one part or two.
    init(parsing text: String, _ format: DecimalFormat) throws(JSONataError) {
        guard text.utf8.count <= PictureLimit.bytes else { throw PictureLimit.error }
        self.format = format
        var parts: [String] = []
        var start = text.startIndex
        while let found = text.firstRange(ofText: format.patternSeparator, from: start) {
            parts.append(String(text[start..<found.lowerBound]))
            start = found.upperBound
        }
        parts.append(String(text[start...]))
        guard parts.count <= 2 else { throw JSONataError("D3080", value: Value.string(text).shown) }
        positive = try SubPicture(parts[0], format)
        var second = positive
        second.prefix = format.minusSign + second.prefix
        negative = parts.count > 1 ? try SubPicture(parts[1], format) : second
    }

    /// The number as the picture has it.
    func text(_ number: Double) -> String {
        let picture = number >= 0 ? positive : negative
        var value = number.magnitude
        if picture.text.firstRange(ofText: format.percent) != nil {
            value *= 100
        } else if picture.text.firstRange(ofText: format.perMille) != nil {
            value *= 1000
        }
        let sizes = Sizes(picture)
        var exponent = 0
        if sizes.exponent > 0 { (value, exponent) = Self.scaled(value, picture.digits(in: picture.integerPart).least) }
        var result = laidOut(Decimals.rounded(value, digits: sizes.fraction.most), picture, sizes)
        if sizes.exponent > 0 {
            let digits = String(exponent.magnitude)
            let zeros = String(repeating: "0", count: max(0, sizes.exponent - digits.count))
            result +=
                format.exponentSeparator + (exponent < 0 ? format.minusSign : "") + format.localized(zeros + digits)
        }
        return picture.prefix + result + picture.suffix
    }

    /// How many digits each part must and may have.
    private struct Sizes {
        var integer: Int
        var fraction: (least: Int, most: Int)
        let exponent: Int

        init(_ picture: SubPicture) {
            let whole = picture.digits(in: picture.integerPart)
            integer = whole.least
            fraction = picture.digits(in: picture.fractionalPart)
            exponent = picture.exponentPart.map { picture.digits(in: $0).least } ?? 0
            if integer == 0, fraction.most == 0 {
                if exponent > 0 { fraction = (1, 1) } else { integer = 1 }
            }
            if exponent > 0, integer == 0, whole.most > 0 { integer = 1 }
            if integer == 0, fraction.least == 0 { fraction.least = 1 }
        }
    }

    /// The number with so many digits before its point, and the power of ten that this takes.
    private static func scaled(_ number: Double, _ digits: Int) -> (Double, Int) {
        guard number > 0, number.isFinite else { return (number, 0) }
        let most = Decimals.power(10, Double(min(digits, 300)))
        let least = most / 10
        var (mantissa, exponent) = (number, 0)
        while mantissa < least {
            mantissa *= 10
            exponent -= 1
        }
        while mantissa > most {
            mantissa /= 10
            exponent += 1
        }
        return (mantissa, exponent)
    }

    private func laidOut(_ number: Double, _ picture: SubPicture, _ sizes: Sizes) -> String {
        let fixed = NumberText.fixed(number, digits: sizes.fraction.most).split(separator: ".")
        var integer = Array(fixed[0].drop { $0 == "0" })
        var fraction = Array(fixed.count > 1 ? fixed[1] : "")
        while fraction.last == "0" { fraction.removeLast() }
        integer = Array(repeating: "0", count: max(0, sizes.integer - integer.count)) + integer
        fraction += Array(repeating: "0", count: max(0, sizes.fraction.least - fraction.count))
        let whole = grouped(integer.map { format.localized(String($0)) }, picture)
        guard !fraction.isEmpty else { return whole }
        var parts = fraction.map { format.localized(String($0)) }
        for (count, place) in picture.groupings(isFraction: true).enumerated() where place + count < parts.count {
            parts.insert(format.groupingSeparator, at: place + count)
        }
        return whole + format.decimalSeparator + parts.joined()
    }

    private func grouped(_ digits: [String], _ picture: SubPicture) -> String {
        var digits = digits
        let places = picture.groupings(isFraction: false)
        let interval = Self.interval(places)
        let positions = interval > 0 ? Array(stride(from: interval, to: digits.count, by: interval)) : places.sorted()
        let count = digits.count
        for place in positions.sorted() where place > 0 && place < count {
            digits.insert(format.groupingSeparator, at: count - place)
        }
        return digits.joined()
    }

    /// The distance of separators that stand at equal distances, which then go on to the left; 0 for others.
    private static func interval(_ places: [Int]) -> Int {
        let divisor = places.reduce(0) { divisor, place in
            var (left, right) = (divisor, place)
            while right != 0 { (left, right) = (right, left % right) }
            return left
        }
        guard divisor > 0 else { return 0 }
        return (1...places.count).allSatisfy { places.contains($0 * divisor) } ? divisor : 0
    }
}
