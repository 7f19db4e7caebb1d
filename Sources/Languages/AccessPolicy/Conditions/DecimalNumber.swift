/// A decimal number of any size, compared exactly: no two different numbers of a policy are ever the same.
struct DecimalNumber: Hashable, Sendable, Comparable {
    let isNegative: Bool
    /// The digits without zeros at either end; none for zero.
    let digits: [UInt8]
    /// How many digits stand before the point; negative for zeros that follow it.
    let point: Int

    /// Reads a number such as `-12.50` or `1e3`.
    init?(_ text: String) {
        var rest = Substring(text).utf8
        let sign = rest.first
        if sign == UInt8(ascii: "-") || sign == UInt8(ascii: "+") { rest = rest.dropFirst() }
        var exponent = 0
        if let place = rest.firstIndex(where: { $0 | 0x20 == UInt8(ascii: "e") }) {
            guard let written = Int(String(rest[rest.index(after: place)...]) ?? ""), written.magnitude <= 100_000
            else {
                return nil
            }
            exponent = written
            rest = rest[..<place]
        }
        let halves = rest.split(separator: UInt8(ascii: "."), maxSplits: 1, omittingEmptySubsequences: false)
        guard let whole = halves.first, !whole.isEmpty, halves.count == 1 || !halves[1].isEmpty else { return nil }
        let written = Array(whole) + (halves.count > 1 ? Array(halves[1]) : [])
        guard written.allSatisfy({ $0 &- 0x30 < 10 }) else { return nil }
        let zeros = written.prefix { $0 == 0x30 }.count
        let ending = written.reversed().prefix { $0 == 0x30 }.count
        digits = zeros == written.count ? [] : Array(written[zeros..<(written.count - ending)])
        point = digits.isEmpty ? 0 : whole.count - zeros + exponent
        isNegative = sign == UInt8(ascii: "-") && !digits.isEmpty
    }

    static func < (left: DecimalNumber, right: DecimalNumber) -> Bool {
        if left.isNegative != right.isNegative { return left.isNegative }
        return left.isNegative ? right.isSmallerInSize(than: left) : left.isSmallerInSize(than: right)
    }

    private func isSmallerInSize(than other: DecimalNumber) -> Bool {
        if digits.isEmpty || other.digits.isEmpty { return !other.digits.isEmpty && digits.isEmpty }
        if point != other.point { return point < other.point }
        return digits.lexicographicallyPrecedes(other.digits)
    }
}
