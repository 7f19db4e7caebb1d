import Glibc

/// How numbers are written, as ECMAScript has it, which the language was made for.
enum NumberText {
    /// The shortest digits that read as the number: decimal from 1e-7 to 1e21, with an exponent beyond.
    static func shortest(_ number: Double) -> String {
        guard number.isFinite else { return number.isNaN ? "NaN" : number < 0 ? "-Infinity" : "Infinity" }
        if number == 0 { return "0" }
        let (digits, point) = parts(number.magnitude)
        let sign = number < 0 ? "-" : ""
        return sign + laidOut(digits, point)
    }

    /// At most 15 digits, so that what was computed reads as it was meant: 0.1 + 0.2 is 0.3.
    static func rounded(_ number: Double) -> Double {
        guard number.isFinite, parts(number.magnitude).digits.count > 15 else { return number }
        return Double(formatted("%.14e", number)) ?? number
    }

    /// With so many digits behind the point, rounded to the nearest.
    static func fixed(_ number: Double, digits: Int) -> String { formatted("%.\(min(max(digits, 0), 400))f", number) }

    /// The digits without zeros around them, and how many of them stand before the point.
    private static func parts(_ number: Double) -> (digits: [UInt8], point: Int) {
        let text = Array(number.description.utf8)
        let mark = text.firstIndex(of: UInt8(ascii: "e"))
        let mantissa = text[..<(mark ?? text.count)]
        let exponent = mark.flatMap { Int(String(decoding: text[($0 + 1)...], as: UTF8.self)) } ?? 0
        let dot = mantissa.firstIndex(of: UInt8(ascii: ".")) ?? mantissa.count
        var digits = mantissa.filter { $0 != UInt8(ascii: ".") }
        let zeros = digits.prefix { $0 == UInt8(ascii: "0") }.count
        digits.removeFirst(zeros)
        while digits.last == UInt8(ascii: "0") { digits.removeLast() }
        return (digits, dot - zeros + exponent)
    }

    private static func laidOut(_ digits: [UInt8], _ point: Int) -> String {
        let text = String(decoding: digits, as: UTF8.self)
        switch point {
        case digits.count...21: return text + String(repeating: "0", count: point - digits.count)
        case 1..<max(1, digits.count): return text.prefix(point) + "." + text.dropFirst(point)
        case -5...0: return "0." + String(repeating: "0", count: -point) + text
        default:
            let fraction = digits.count > 1 ? "." + text.dropFirst() : ""
            return "\(text.prefix(1))\(fraction)e\(point > 0 ? "+" : "-")\((point - 1).magnitude)"
        }
    }

    private static func formatted(_ format: String, _ number: Double) -> String {
        var buffer = [CChar](repeating: 0, count: 1024)
        // SAFETY: no more is written than the buffer holds; the format has one place for one number.
        let count = unsafe withVaList([number]) { arguments in
            unsafe vsnprintf(&buffer, buffer.count, format, arguments)
        }
        return String(decoding: buffer.prefix(Int(count)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
