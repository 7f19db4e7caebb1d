/// Base64 as RFC 4648 section 4 has it: padded, without line breaks.
package enum Base64 {
    /// The text of `bytes`.
    package static func encode(_ bytes: some Collection<UInt8>) -> String {
        var output: [UInt8] = []
        output.reserveCapacity((bytes.count + 2) / 3 * 4)
        var group: UInt32 = 0
        var held = 0
        for byte in bytes {
            group = group << 8 | UInt32(byte)
            held += 1
            guard held == 3 else { continue }
            append(group, digits: 4, to: &output)
            group = 0
            held = 0
        }
        if held > 0 {
            append(group << (held == 1 ? 16 : 8), digits: held + 1, to: &output)
            output += repeatElement(UInt8(ascii: "="), count: 3 - held)
        }
        return String(decoding: output, as: UTF8.self)
    }

    /// The bytes of `text`, or `nil` if it is not base64; missing padding is forgiven.
    package static func decode(_ text: String) -> [UInt8]? {
        var output: [UInt8] = []
        output.reserveCapacity(text.utf8.count / 4 * 3)
        var group: UInt32 = 0
        var held = 0
        var padding = 0
        for byte in text.utf8 {
            if byte == UInt8(ascii: "=") {
                padding += 1
                continue
            }
            let digit = values[Int(byte)]
            guard digit < 64, padding == 0 else { return nil }
            group = group << 6 | UInt32(digit)
            held += 1
            guard held == 4 else { continue }
            output.append(UInt8(truncatingIfNeeded: group >> 16))
            output.append(UInt8(truncatingIfNeeded: group >> 8))
            output.append(UInt8(truncatingIfNeeded: group))
            held = 0
        }
        switch held {
        case 0: return padding == 0 ? output : nil
        case 2 where padding == 2 || padding == 0: output.append(UInt8(truncatingIfNeeded: group >> 4))
        case 3 where padding <= 1:
            output.append(UInt8(truncatingIfNeeded: group >> 10))
            output.append(UInt8(truncatingIfNeeded: group >> 2))
        default: return nil
        }
        return output
    }

    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    private static let values: [UInt8] = {
        var values = [UInt8](repeating: 255, count: 256)
        for (value, digit) in alphabet.enumerated() { values[Int(digit)] = UInt8(value) }
        return values
    }()

    private static func append(_ group: UInt32, digits: Int, to output: inout [UInt8]) {
        for place in 0..<digits { output.append(alphabet[Int(group >> (18 - 6 * UInt32(place)) & 63)]) }
    }
}
