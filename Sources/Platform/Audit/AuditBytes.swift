/// Reads the numbers and texts of the trail's stored forms, one after the other.
struct AuditBytes {
    private let bytes: [UInt8]
    private var position: Int
    private let end: Int

    /// Reads a part of some bytes, or all of them.
    init(_ bytes: [UInt8], in range: Range<Int>? = nil) {
        self.bytes = bytes
        position = range?.lowerBound ?? 0
        end = range?.upperBound ?? bytes.count
    }

    /// How many bytes are not read yet.
    var left: Int { end - position }

    mutating func byte() throws(AuditRecord.Fault) -> UInt8 {
        guard position < end else { throw .truncated }
        defer { position += 1 }
        return bytes[position]
    }

    mutating func word() throws(AuditRecord.Fault) -> UInt64 { try number(8) }

    mutating func half() throws(AuditRecord.Fault) -> UInt32 { UInt32(truncatingIfNeeded: try number(4)) }

    mutating func raw(_ count: Int) throws(AuditRecord.Fault) -> [UInt8] {
        guard left >= count else { throw .truncated }
        defer { position += count }
        return Array(bytes[position..<position + count])
    }

    /// A text behind its length in two bytes; one over its bound or that is not UTF-8 is refused.
    mutating func text(_ field: String, _ limit: Int) throws(AuditRecord.Fault) -> String {
        let count = Int(try byte()) << 8 | Int(try byte())
        guard count <= limit else { throw .malformed(field: field) }
        guard left >= count else { throw .truncated }
        guard let text = String(validating: bytes[position..<position + count], as: UTF8.self) else {
            throw .malformed(field: field)
        }
        position += count
        return text
    }

    private mutating func number(_ count: Int) throws(AuditRecord.Fault) -> UInt64 {
        guard left >= count else { throw .truncated }
        var value: UInt64 = 0
        for index in position..<position + count { value = value << 8 | UInt64(bytes[index]) }
        position += count
        return value
    }
}

extension [UInt8] {
    /// Appends numbers of eight bytes, the highest first.
    mutating func append(bigEndian words: UInt64...) {
        for word in words {
            // SAFETY: the bytes are read only inside the closure.
            unsafe Swift.withUnsafeBytes(of: word.bigEndian) { unsafe append(contentsOf: $0) }
        }
    }

    /// Appends a number of four bytes, the highest first.
    mutating func append(bigEndian word: UInt32) {
        // SAFETY: the bytes are read only inside the closure.
        unsafe Swift.withUnsafeBytes(of: word.bigEndian) { unsafe append(contentsOf: $0) }
    }

    /// Appends a text behind its length in two bytes; the caller vouches for its bound.
    mutating func append(text: String) {
        let count = text.utf8.count
        append(UInt8(truncatingIfNeeded: count >> 8))
        append(UInt8(truncatingIfNeeded: count))
        append(contentsOf: text.utf8)
    }
}
