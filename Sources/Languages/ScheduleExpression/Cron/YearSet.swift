/// Some of the years from 1970 to 2199.
struct YearSet: Hashable, Sendable {
    private var words: [UInt64] = [0, 0, 0, 0]

    /// Takes years of the range.
    init(_ years: [Int]) {
        for year in years {
            let bit = year - TimeExpression.years.lowerBound
            words[bit >> 6] |= 1 << UInt64(bit & 63)
        }
    }

    /// The first year of the set from one on.
    func first(from year: Int) -> Int? {
        let bit = max(0, year - TimeExpression.years.lowerBound)
        guard bit < 256 else { return nil }
        var word = bit >> 6
        var rest = words[word] & (~0 << UInt64(bit & 63))
        while rest == 0 {
            word += 1
            guard word < words.count else { return nil }
            rest = words[word]
        }
        return TimeExpression.years.lowerBound + word << 6 + rest.trailingZeroBitCount
    }

    /// Whether all years there are belong to it.
    var isFull: Bool { words.reduce(0) { $0 + $1.nonzeroBitCount } == TimeExpression.years.count }

    /// The years in order.
    var years: [Int] { TimeExpression.years.filter { first(from: $0) == $0 } }
}
