import Core
import NIOCore

extension ByteBuffer {
    /// Writes up to `count` bytes of a head at once: the buffer looks after its room and its owner only once for all of them.
    mutating func write(upTo count: Int, _ body: (inout OutputRawSpan) -> Void) {
        writeWithOutputRawSpan(minimumWritableBytes: count, initializingWith: body)
    }
}

/// The pieces that a head is made of; each one checks that there is room for it.
extension OutputRawSpan {
    /// Appends a constant.
    mutating func put(_ text: StaticString) {
        // SAFETY: the bytes are read only inside the closure.
        text.withUTF8Buffer { unsafe put(UnsafeRawBufferPointer($0)) }
    }

    /// Appends a text, whatever is in it.
    mutating func put(_ text: String) {
        let bytes = text.utf8Span.span
        // SAFETY: the bytes are read only inside the closure.
        unsafe bytes.withUnsafeBytes { unsafe put($0) }
    }

    /// Appends the sixteen lower-case digits of a number.
    mutating func put(digits number: UInt64) {
        put(digits: UInt32(truncatingIfNeeded: number >> 32))
        put(digits: UInt32(truncatingIfNeeded: number))
    }

    /// Appends the eight lower-case digits of a number.
    mutating func put(digits number: UInt32) {
        // SAFETY: a number has no bytes that nobody wrote.
        unsafe append(HexDigits.ascii(number).littleEndian, as: UInt64.self)
    }

    /// Appends a UUID: 8, 4, 4, 4 and 12 digits with dashes between them.
    mutating func put(uuid high: UInt64, _ low: UInt64) {
        put(digits: UInt32(truncatingIfNeeded: high >> 32))
        putParts(UInt32(truncatingIfNeeded: high))
        putParts(UInt32(truncatingIfNeeded: low >> 32))
        put(digits: UInt32(truncatingIfNeeded: low))
    }

    /// Appends a dash and four digits, twice.
    private mutating func putParts(_ number: UInt32) {
        let digits = HexDigits.ascii(number)
        append(UInt8(ascii: "-"))
        // SAFETY: a number has no bytes that nobody wrote.
        unsafe append(UInt32(truncatingIfNeeded: digits).littleEndian, as: UInt32.self)
        append(UInt8(ascii: "-"))
        // SAFETY: as above.
        unsafe append(UInt32(truncatingIfNeeded: digits >> 32).littleEndian, as: UInt32.self)
    }

    private mutating func put(_ bytes: UnsafeRawBufferPointer) {
        // SAFETY: the room behind what is there is checked before it is written to, and counted after.
        unsafe withUnsafeMutableBytes { room, used in
            precondition(room.count - used >= bytes.count, "the head has room for what is put into it")
            unsafe UnsafeMutableRawBufferPointer(rebasing: room[used...]).copyMemory(from: bytes)
            used += bytes.count
        }
    }
}
