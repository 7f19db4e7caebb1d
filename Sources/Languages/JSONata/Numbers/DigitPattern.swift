/// Digits with separators between them: `#,##0` and the like.
struct DigitPattern {
    /// How many digits there must be.
    var mandatory = 0
    /// How many places of digits are left open.
    private(set) var optional = 0
    /// What zero looks like.
    private var zero: Unicode.Scalar = "0"
    /// The separators, with how many digits stand behind each, from the right.
    private(set) var separators: [(digits: Int, scalar: Unicode.Scalar)] = []
    /// The distance of separators that are the same and stand at equal distances; 0 for others.
    private(set) var interval = 0

    /// Where the ten digits of each script begin.
    private static let zeros: [UInt32] = [
        0x30, 0x0660, 0x06F0, 0x07C0, 0x0966, 0x09E6, 0x0A66, 0x0AE6, 0x0B66, 0x0BE6, 0x0C66, 0x0CE6, 0x0D66, 0x0DE6,
        0x0E50, 0x0ED0, 0x0F20, 0x1040, 0x1090, 0x17E0, 0x1810, 0x1946, 0x19D0, 0x1A80, 0x1A90, 0x1B50, 0x1BB0, 0x1C40,
        0x1C50, 0xA620, 0xA8D0, 0xA900, 0xA9D0, 0xA9F0, 0xAA50, 0xABF0, 0xFF10,
    ]

    /// Reads a pattern; all of its digits are of one script.
    init(parsing text: String) throws(JSONataError) {
        var script: UInt32?
        var digits = 0
        for scalar in text.unicodeScalars.reversed() {
            if let start = Self.zeros.first(where: { $0...($0 + 9) ~= scalar.value }) {
                guard script == nil || script == start else { throw JSONataError("D3131") }
                script = start
                mandatory += 1
                digits += 1
            } else if scalar == "#" {
                optional += 1
                digits += 1
            } else {
                separators.append((digits, scalar))
            }
        }
        zero = script.flatMap { Unicode.Scalar($0) } ?? "0"
        interval = Self.interval(separators)
    }

    private static func interval(_ separators: [(digits: Int, scalar: Unicode.Scalar)]) -> Int {
        guard let first = separators.first, separators.allSatisfy({ $0.scalar == first.scalar }) else { return 0 }
        let divisor = separators.reduce(0) { divisor, separator in
            var (left, right) = (divisor, separator.digits)
            while right != 0 { (left, right) = (right, left % right) }
            return left
        }
        guard divisor > 0 else { return 0 }
        return (1...separators.count).allSatisfy { count in separators.contains { $0.digits == count * divisor } }
            ? divisor : 0
    }

    /// A whole number from 0.
    func text(_ number: Double) -> String {
        var digits = Array(NumberText.fixed(number, digits: 0).unicodeScalars).map { scalar in
            Unicode.Scalar(zero.value + scalar.value - 48) ?? scalar
        }
        digits = Array(repeating: zero, count: max(0, mandatory - digits.count)) + digits
        let count = digits.count
        if interval > 0, let separator = separators.first?.scalar {
            for place in stride(from: interval, to: count, by: interval) {
                digits.insert(separator, at: count - place)
            }
        } else {
            for separator in separators where separator.digits < count {
                digits.insert(separator.scalar, at: count - separator.digits)
            }
        }
        var text = String.UnicodeScalarView()
        text.append(contentsOf: digits)
        return String(text)
    }

    /// The number that a text of digits and separators is.
    func number(_ text: String) -> Double? {
        let marks = interval > 0 ? [","] + separators.map(\.scalar) : separators.map(\.scalar)
        var number: Double?
        for scalar in text.unicodeScalars where !marks.contains(scalar) {
            let isOwn = scalar.value >= zero.value && scalar.value - zero.value < 10
            guard isOwn || ("0"..."9").contains(scalar) else { break }
            number = (number ?? 0) * 10 + Double(scalar.value - (isOwn ? zero.value : 48))
        }
        return number
    }
}
