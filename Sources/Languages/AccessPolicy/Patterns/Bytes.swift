import Core

/// Comparisons of bytes: policies know no Unicode equivalences, and only ASCII letters have a case.
enum Bytes {
    /// The ASCII letter in lower case; every other byte as it is.
    @inline(__always)
    static func lowered(_ byte: UInt8) -> UInt8 { byte &- 0x41 < 26 ? byte | 0x20 : byte }

    /// The text with its ASCII letters in lower case.
    static func lowered(_ text: some StringProtocol) -> String {
        String(decoding: text.utf8.map(lowered), as: UTF8.self)
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
