import Core
import Glibc

/// Arithmetic on numbers as they are written.
enum Decimals {
    /// Rounded to so many digits behind the point, or before it if negative; from the middle to the even neighbour.
    ///
    /// The point is moved in the text, so that 1.005 is what it says.
    static func rounded(_ number: Double, digits: Int) -> Double {
        let moved = digits == 0 ? number : shifted(number, by: digits)
        guard moved.isFinite, moved.magnitude < 0x1p53 else { return number }
        let whole = moved.rounded(.toNearestOrEven)
        let result = digits == 0 ? whole : shifted(whole, by: -digits)
        return result == 0 ? 0 : result
    }

    private static func shifted(_ number: Double, by places: Int) -> Double {
        let parts = NumberText.shortest(number).split(separator: "e")
        let exponent = parts.count > 1 ? Int(parts[1]) ?? 0 : 0
        return Double("\(parts[0])e\(exponent + places)") ?? number
    }

    /// The number that a text is, if it is one: decimal, or with `0x`, `0o` or `0b`.
    static func number(_ text: String) -> Double? {
        let bytes = Array(text.utf8)
        if bytes.count > 2, bytes[0] == UInt8(ascii: "0") {
            switch bytes[1] | 0x20 {
            case UInt8(ascii: "x"): return number(bytes[2...], radix: 16)
            case UInt8(ascii: "o"): return number(bytes[2...], radix: 8)
            case UInt8(ascii: "b"): return number(bytes[2...], radix: 2)
            default: break
            }
        }
        guard isDecimal(bytes), let number = Double(text), number.isFinite else { return nil }
        return number
    }

    private static func number(_ digits: ArraySlice<UInt8>, radix: Int) -> Double? {
        var number = 0.0
        for byte in digits {
            guard let digit = byte.hexDigitValue, digit < radix else { return nil }
            number = number * Double(radix) + Double(digit)
        }
        return number.isFinite ? number : nil
    }

    private static func isDecimal(_ bytes: [UInt8]) -> Bool {
        var rest = bytes[...]
        if rest.first == UInt8(ascii: "-") { rest = rest.dropFirst() }
        guard takeDigits(&rest) else { return false }
        if rest.first == UInt8(ascii: ".") {
            rest = rest.dropFirst()
            guard takeDigits(&rest) else { return false }
        }
        guard let mark = rest.first else { return true }
        guard mark | 0x20 == UInt8(ascii: "e") else { return false }
        rest = rest.dropFirst()
        if rest.first == UInt8(ascii: "+") || rest.first == UInt8(ascii: "-") { rest = rest.dropFirst() }
        return takeDigits(&rest) && rest.isEmpty
    }

    private static func takeDigits(_ bytes: inout ArraySlice<UInt8>) -> Bool {
        let digits = bytes.prefix { $0 &- 0x30 < 10 }
        bytes = bytes[digits.endIndex...]
        return !digits.isEmpty
    }

    /// A whole number in a base from 2 to 36.
    static func text(_ number: Double, radix: Int) -> String {
        if let whole = Int64(exactly: number) { return String(whole, radix: radix) }
        var digits: [String] = []
        var rest = number.magnitude
        while rest >= 1 {
            digits.append(String(Int(rest.truncatingRemainder(dividingBy: Double(radix))), radix: radix))
            rest = (rest / Double(radix)).rounded(.down)
        }
        return (number < 0 ? "-" : "") + digits.reversed().joined()
    }

    /// One number to the power of another.
    static func power(_ base: Double, _ exponent: Double) -> Double { pow(base, exponent) }
}
