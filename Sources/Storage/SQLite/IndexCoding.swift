/// The index values of a record as bytes beside its value: each text with its length before it.
enum IndexCoding {
    /// The bytes of index values.
    static func encode(_ values: [IndexValue]) -> [UInt8] {
        var bytes: [UInt8] = []
        for value in values {
            for text in [value.name, value.value] {
                withBigEndianBytes(UInt32(text.utf8.count)) { bytes.append(contentsOf: $0) }
                bytes.append(contentsOf: text.utf8)
            }
        }
        return bytes
    }

    /// The index values of bytes that `encode` made.
    static func decode(_ bytes: [UInt8]) -> [IndexValue] {
        var rest = bytes[...]
        var values: [IndexValue] = []
        while let name = text(&rest), let value = text(&rest) { values.append(IndexValue(name: name, value: value)) }
        return values
    }

    private static func text(_ rest: inout ArraySlice<UInt8>) -> String? {
        guard rest.count >= 4 else { return nil }
        let count = rest.prefix(4).reduce(0) { $0 << 8 | Int($1) }
        guard rest.count >= 4 + count else { return nil }
        let text = String(decoding: rest.dropFirst(4).prefix(count), as: UTF8.self)
        rest = rest.dropFirst(4 + count)
        return text
    }

    private static func withBigEndianBytes(_ number: UInt32, _ body: ([UInt8]) -> Void) {
        body([24, 16, 8, 0].map { UInt8(truncatingIfNeeded: number >> $0) })
    }
}
