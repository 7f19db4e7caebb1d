import Core
import Glibc

/// Comparisons of bytes: policies know no Unicode equivalences, and only ASCII letters have a case.
enum Bytes {
    /// The ASCII letter in lower case; every other byte as it is.
    @inline(__always)
    static func lowered(_ byte: UInt8) -> UInt8 { byte &- 0x41 < 26 ? byte | 0x20 : byte }

    /// The text with its ASCII letters in lower case.
    static func lowered(_ text: some StringProtocol) -> String {
        String(decoding: text.utf8.map(lowered), as: UTF8.self)
    }

    /// Whether a text has these bytes at a place of it.
    @inline(__always)
    static func has(_ text: Span<UInt8>, _ bytes: Span<UInt8>, at place: Int) -> Bool {
        guard place >= 0, bytes.count <= text.count - place else { return false }
        // SAFETY: both views are used within their closures alone.
        return unsafe text.withUnsafeBytes { text in
            unsafe bytes.withUnsafeBytes { bytes in
                guard let one = text.baseAddress, let other = bytes.baseAddress else {
                    return unsafe bytes.isEmpty
                }
                // SAFETY: the guard above says that as many bytes are there behind `place`.
                return unsafe memcmp(one + place, other, bytes.count) == 0
            }
        }
    }

    /// A hash of a text (FNV-1a), of which equal ones only say where to look.
    static func hash(_ text: String) -> UInt64 {
        text.utf8.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
    }

    /// Whether two texts have the same bytes.
    static func same(_ left: String, _ right: String) -> Bool {
        let (left, right) = (left.utf8.span, right.utf8.span)
        guard left.count == right.count else { return false }
        // From the end: what differs in names of one kind is behind what they share.
        var index = left.count - 1
        while index >= 0 {
            if left[index] != right[index] { return false }
            index -= 1
        }
        return true
    }
}
