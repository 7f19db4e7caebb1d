import CSandbox

/// Packs a message as `sandbox_protocol.h` says: numbers little-endian, strings with their length in front.
struct MessageWriter {
    private(set) var bytes: [UInt8] = []

    /// Starts a message of this kind.
    init(kind: UInt32, request: UInt32 = 0, sandbox: UInt64 = 0) {
        append(kind)
        append(request)
        append(sandbox)
    }

    /// Appends a number in the width of its type.
    mutating func append(_ number: some FixedWidthInteger) {
        // SAFETY: the bytes of an integer, copied while it is alive.
        unsafe withUnsafeBytes(of: number.littleEndian) { unsafe bytes.append(contentsOf: $0) }
    }

    /// Appends bytes, with their length in front.
    mutating func append(_ content: [UInt8]) {
        append(UInt32(content.count))
        bytes += content
    }

    /// Appends a text, which ends with a NUL so that it can be used where it lies.
    mutating func append(_ text: String) {
        append(Array(text.utf8) + [0])
    }

    /// Appends a list of texts, with their number in front.
    mutating func append(_ texts: [String]) {
        append(UInt32(texts.count))
        for text in texts { append(text) }
    }
}
