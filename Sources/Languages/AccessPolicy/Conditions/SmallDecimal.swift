/// A decimal number of at most 38 digits, in a form that takes no steps to compare.
struct SmallDecimal: Sendable, Comparable {
    private let isNegative: Bool
    private let point: Int
    /// The digits as a whole number, filled up with zeros to 38.
    private let digits: UInt128

    /// Takes a number; `nil` if it has more digits.
    init?(_ number: DecimalNumber) {
        guard number.digits.count <= 38 else { return nil }
        isNegative = number.isNegative
        // Zero comes before every other number of its sign.
        point = number.digits.isEmpty ? .min : number.point
        var digits: UInt128 = 0
        for place in 0..<38 {
            digits = digits * 10 + UInt128(place < number.digits.count ? number.digits[place] - 0x30 : 0)
        }
        self.digits = digits
    }

    static func < (left: SmallDecimal, right: SmallDecimal) -> Bool {
        if left.isNegative != right.isNegative { return left.isNegative }
        let (small, large) = left.isNegative ? (right, left) : (left, right)
        return small.point == large.point ? small.digits < large.digits : small.point < large.point
    }
}
