/// A number that patterns can compare: one that a `Double` holds without losing a digit that was written.
///
/// The reference engine takes a number only if the shortest text of its nearest `Double` has the same value; every
/// other one, such as one of twenty digits, equals only the same text.
struct ComparableNumber: Hashable, Sendable, Comparable {
    let value: Double

    /// Reads the text of a JSON number; `nil` where it cannot be compared.
    init?(_ text: Span<UInt8>) {
        if let value = Self.short(text) {
            self.value = value
            return
        }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.count)
        for place in text.indices { bytes.append(text[place]) }
        guard let value = Double(String(decoding: bytes, as: UTF8.self)), value.isFinite,
            DecimalDigits(bytes) == DecimalDigits(Array(value.description.utf8))
        else { return nil }
        // There is one zero.
        self.value = value == 0 ? 0 : value
    }

    /// The place among all numbers, as an integer that sorts as the numbers do.
    var ordinal: UInt64 {
        let bits = value.bitPattern
        return bits >> 63 == 0 ? bits | 1 << 63 : ~bits
    }

    static func < (left: ComparableNumber, right: ComparableNumber) -> Bool { left.value < right.value }

    /// At most fifteen digits and a small power of ten: exact without more ado, and that is what nearly all are.
    private static func short(_ text: Span<UInt8>) -> Double? {
        var (mantissa, digits, scale, place) = (UInt64(0), 0, 0, 0)
        let isNegative = text.count > 0 && text[0] == UInt8(ascii: "-")
        if isNegative { place = 1 }
        var isFraction = false
        while place < text.count {
            let byte = text[place]
            if byte == UInt8(ascii: ".") {
                isFraction = true
            } else {
                guard byte &- 0x30 < 10, digits < 15 else { return nil }
                mantissa = mantissa * 10 + UInt64(byte &- 0x30)
                if mantissa > 0 { digits += 1 }
                if isFraction { scale += 1 }
            }
            place += 1
        }
        guard scale < powersOfTen.count else { return nil }
        let value = Double(mantissa) / powersOfTen[scale]
        return isNegative && mantissa > 0 ? -value : value
    }

    private static let powersOfTen: [Double] = [
        1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19,
        1e20,
        1e21, 1e22,
    ]
}

/// The digits of a number without zeros at either end, and where its point stands.
private struct DecimalDigits: Equatable {
    private var isNegative = false
    private var digits: [UInt8] = []
    /// The power of ten of the digit before the first one.
    private var exponent = 0

    init?(_ text: [UInt8]) {
        var place = text.startIndex
        if text.first == UInt8(ascii: "-") {
            isNegative = true
            place += 1
        }
        var isFraction = false
        while place < text.count, text[place] | 0x20 != UInt8(ascii: "e") {
            let byte = text[place]
            place += 1
            if byte == UInt8(ascii: ".") {
                isFraction = true
            } else {
                if !digits.isEmpty || byte != UInt8(ascii: "0") {
                    digits.append(byte)
                    if !isFraction { exponent += 1 }
                } else if isFraction {
                    exponent -= 1
                }
            }
        }
        if place < text.count {
            place += 1
            if place < text.count, text[place] == UInt8(ascii: "+") { place += 1 }
            guard let power = Int(String(decoding: text[place...], as: UTF8.self)), abs(power) < 1 << 40 else {
                return nil
            }
            exponent += power
        }
        while digits.last == UInt8(ascii: "0") { digits.removeLast() }
        if digits.isEmpty { (isNegative, exponent) = (false, 0) }
    }
}
