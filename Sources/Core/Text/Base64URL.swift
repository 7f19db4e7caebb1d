/// Base64 with the alphabet for URLs (RFC 4648, section 5), without padding: how JOSE writes bytes.
package enum Base64URL {
    /// The text of `bytes`.
    package static func encode(_ bytes: some Collection<UInt8>) -> String {
        let standard = Base64.encode(bytes).utf8.prefix { $0 != UInt8(ascii: "=") }
        return String(
            decoding: standard.map { byte in
                switch byte {
                case UInt8(ascii: "+"): UInt8(ascii: "-")
                case UInt8(ascii: "/"): UInt8(ascii: "_")
                default: byte
                }
            }, as: UTF8.self)
    }

    /// The bytes of `text`; `nil` unless it is exactly what `encode` would write for them.
    package static func decode(_ text: some StringProtocol) -> [UInt8]? {
        var standard: [UInt8] = []
        standard.reserveCapacity(text.utf8.count)
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "-"): standard.append(UInt8(ascii: "+"))
            case UInt8(ascii: "_"): standard.append(UInt8(ascii: "/"))
            case UInt8(ascii: "+"), UInt8(ascii: "/"), UInt8(ascii: "="), 0x80...: return nil
            default: standard.append(byte)
            }
        }
        guard let bytes = Base64.decode(String(decoding: standard, as: UTF8.self)),
            encode(bytes).utf8.elementsEqual(text.utf8)
        else { return nil }
        return bytes
    }
}
