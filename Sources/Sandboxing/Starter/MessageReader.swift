/// Unpacks a message from front to back; reading past its end gives `nil`.
struct MessageReader {
    private var bytes: ArraySlice<UInt8>

    init(_ bytes: ArraySlice<UInt8>) {
        self.bytes = bytes
    }

    /// The next number of this width.
    mutating func number<N: FixedWidthInteger>(_ type: N.Type = N.self) -> N? {
        guard bytes.count >= N.bitWidth / 8 else { return nil }
        var value: N = 0
        for (index, byte) in bytes.prefix(N.bitWidth / 8).enumerated() { value |= N(byte) << (8 * index) }
        bytes = bytes.dropFirst(N.bitWidth / 8)
        return value
    }

    /// The next text.
    mutating func string() -> String? {
        guard let length = number(UInt32.self), length > 0, bytes.count >= length else { return nil }
        let text = String(decoding: bytes.prefix(Int(length) - 1), as: UTF8.self)
        bytes = bytes.dropFirst(Int(length))
        return text
    }
}
