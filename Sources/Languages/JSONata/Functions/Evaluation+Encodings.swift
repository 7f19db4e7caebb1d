import Core

extension Evaluation {
    /// The functions on base64 and URLs; texts are taken as UTF-8.
    func encoding(_ builtin: Builtin, _ arguments: Arguments) throws(JSONataError) -> Value {
        guard let text = arguments.text(0) else { return .undefined }
        try meter.charge(3 * text.utf8.count)
        switch builtin {
        case .base64encode: return .string(Base64.encode(Array(text.utf8)))
        case .base64decode:
            let bytes = text.allSatisfy(\.isASCII) ? Base64.decode(text) : nil
            return .string(String(decoding: bytes ?? [], as: UTF8.self))
        case .encodeUrl: return .string(try Self.escaped(text, keeping: Self.plain + Self.reserved))
        case .encodeUrlComponent: return .string(try Self.escaped(text, keeping: Self.plain))
        case .decodeUrl: return .string(try Self.unescaped(text, keeping: Self.reserved))
        default: return .string(try Self.unescaped(text, keeping: []))
        }
    }

    /// What URLs hold as it is, by ECMAScript's `encodeURIComponent`.
    private static let plain = Array(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.!~*'()".utf8)
    /// What has a meaning in URLs, by ECMAScript's `encodeURI`.
    private static let reserved = Array(";/?:@&=+$,#".utf8)

    private static func malformed(_ text: String) -> JSONataError {
        JSONataError("D3140", value: Value.string(text).shown)
    }

    /// A half of a surrogate pair, which became U+FFFD, cannot be told in a URL.
    private static func escaped(_ text: String, keeping kept: [UInt8]) throws(JSONataError) -> String {
        guard !text.unicodeScalars.contains("\u{FFFD}") else { throw malformed(text) }
        var output: [UInt8] = []
        for byte in text.utf8 {
            if kept.contains(byte) { output.append(byte) } else { output += escape(byte) }
        }
        return String(decoding: output, as: UTF8.self)
    }

    private static func escape(_ byte: UInt8) -> [UInt8] {
        let digits = Array("0123456789ABCDEF".utf8)
        return [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
    }

    private static func unescaped(_ text: String, keeping kept: [UInt8]) throws(JSONataError) -> String {
        let bytes = Array(text.utf8)
        var output: [UInt8] = []
        var position = 0
        while position < bytes.count {
            guard bytes[position] == UInt8(ascii: "%") else {
                output.append(bytes[position])
                position += 1
                continue
            }
            guard position + 2 < bytes.count, let high = bytes[position + 1].hexDigitValue,
                let low = bytes[position + 2].hexDigitValue
            else { throw malformed(text) }
            let byte = UInt8(high << 4 | low)
            if kept.contains(byte) { output += bytes[position...(position + 2)] } else { output.append(byte) }
            position += 3
        }
        guard let decoded = String(validating: output, as: UTF8.self) else { throw malformed(text) }
        return decoded
    }
}
